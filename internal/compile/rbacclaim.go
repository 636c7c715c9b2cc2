package compile

import (
	"strings"

	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// The filter that checks JSON Web Tokens, and the key of its metadata that holds the claims of the token.
const (
	jwtFilter  = "envoy.filters.http.jwt_authn"
	jwtPayload = "payload"
)

// claimClause matches a claim of the request's token, whether it is a string or a list of strings.
func claimClause(path []string) clause[rbacv3.Principal] {
	return clause[rbacv3.Principal]{http: true, match: func(values []string) (*rbacv3.Principal, error) {
		var any []*matcherv3.ValueMatcher
		for _, v := range values {
			any = append(any, stringValue(pattern(v)))
		}
		value := anyValue(any)
		return claim(path, orValue(listOf(value), value)), nil
	}}
}

// requestPrincipal matches "issuer/subject" of the request's token. The issuer may hold slashes.
func requestPrincipal(values []string) (*rbacv3.Principal, error) {
	var any []*rbacv3.Principal
	for _, v := range values {
		iss, sub := tokenPatterns(v)
		any = append(any, principals.and([]*rbacv3.Principal{
			claim([]string{"iss"}, stringValue(iss)), claim([]string{"sub"}, stringValue(sub)),
		}))
	}
	if len(any) == 1 {
		return any[0], nil
	}
	return principals.or(any), nil
}

// tokenPatterns splits "issuer/subject" into a pattern for each. An asterisk may stand at either end; a value without a
// slash is an issuer, or a subject where the asterisk stands before it.
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
		return pattern(issuer), exactly(subject, false)
	case strings.HasPrefix(value, "*"):
		return pattern("*"), pattern(value)
	case strings.HasSuffix(value, "*") && i >= 0:
		return exactly(issuer, false), pattern(subject)
	case strings.HasSuffix(value, "*"):
		return pattern(value), pattern("*")
	}
	return exactly(issuer, false), exactly(subject, false)
}

func claim(path []string, value *matcherv3.ValueMatcher) *rbacv3.Principal {
	return &rbacv3.Principal{Identifier: &rbacv3.Principal_Metadata{Metadata: &matcherv3.MetadataMatcher{
		Filter: jwtFilter, Path: metadataPath(append([]string{jwtPayload}, path...)...), Value: value,
	}}}
}

func metadataPath(keys ...string) []*matcherv3.MetadataMatcher_PathSegment {
	var out []*matcherv3.MetadataMatcher_PathSegment
	for _, k := range keys {
		out = append(out, &matcherv3.MetadataMatcher_PathSegment{Segment: &matcherv3.MetadataMatcher_PathSegment_Key{Key: k}})
	}
	return out
}

func stringValue(m *matcherv3.StringMatcher) *matcherv3.ValueMatcher {
	return &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_StringMatch{StringMatch: m}}
}

func listOf(one *matcherv3.ValueMatcher) *matcherv3.ValueMatcher {
	return &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_ListMatch{ListMatch: &matcherv3.ListMatcher{
		MatchPattern: &matcherv3.ListMatcher_OneOf{OneOf: one},
	}}}
}

func orValue(any ...*matcherv3.ValueMatcher) *matcherv3.ValueMatcher {
	return &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_OrMatch{OrMatch: &matcherv3.OrMatcher{ValueMatchers: any}}}
}

// anyValue matches one of several values; a single one stands for itself.
func anyValue(any []*matcherv3.ValueMatcher) *matcherv3.ValueMatcher {
	if len(any) == 1 {
		return any[0]
	}
	return orValue(any...)
}
