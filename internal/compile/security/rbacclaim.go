package security

import (
	"strings"

	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"sem.example/internal/compile/xds"
)

// claimClause matches a claim of the request's token, whether it is a string or a list of strings.
func claimClause(path []string) clause[rbacv3.Principal] {
	return clause[rbacv3.Principal]{http: true, match: func(values []string) (*rbacv3.Principal, error) {
		var any []*matcherv3.ValueMatcher
		for _, v := range values {
			any = append(any, xds.StringValue(pattern(v)))
		}
		value := xds.ValueIn(any)
		return claim(path, xds.OrValue(xds.ListValue(value), value)), nil
	}}
}

// requestPrincipal matches "issuer/subject" of the request's token. The issuer may hold slashes.
func requestPrincipal(values []string) (*rbacv3.Principal, error) {
	var any []*rbacv3.Principal
	for _, v := range values {
		iss, sub := tokenPatterns(v)
		any = append(any, principals.and([]*rbacv3.Principal{
			claim([]string{"iss"}, xds.StringValue(iss)), claim([]string{"sub"}, xds.StringValue(sub)),
		}))
	}
	if len(any) == 1 {
		return any[0], nil
	}
	return principals.or(any), nil
}

// tokenPatterns splits "issuer/subject" into a pattern for each. An asterisk may be at either end; a value without a
// slash is an issuer, or a subject where the asterisk is before it.
func tokenPatterns(value string) (iss, sub *matcherv3.StringMatcher) {
	i := strings.LastIndex(value, "/")
	issuer, subject := value, ""
	if i >= 0 {
		issuer, subject = value[:i], value[i+1:]
	}
	switch {
	case value == "*":
		return pattern("*"), pattern("*")
	case strings.HasPrefix(value, "*") && i >= 0:
		return pattern(issuer), xds.Exact(subject, false)
	case strings.HasPrefix(value, "*"):
		return pattern("*"), pattern(value)
	case strings.HasSuffix(value, "*") && i >= 0:
		return xds.Exact(issuer, false), pattern(subject)
	case strings.HasSuffix(value, "*"):
		return pattern(value), pattern("*")
	}
	return xds.Exact(issuer, false), xds.Exact(subject, false)
}

func claim(path []string, value *matcherv3.ValueMatcher) *rbacv3.Principal {
	return &rbacv3.Principal{Identifier: &rbacv3.Principal_Metadata{Metadata: &matcherv3.MetadataMatcher{
		Filter: xds.JWTFilter, Path: xds.MetadataPath(append([]string{xds.JWTPayload}, path...)...), Value: value,
	}}}
}
