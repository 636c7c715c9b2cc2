package security

import (
	"regexp"
	"strings"

	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"sem.example/internal/compile/xds"
)

// principals combines matchers of who asks.
var principals = logic[rbacv3.Principal]{
	any: func() *rbacv3.Principal { return &rbacv3.Principal{Identifier: &rbacv3.Principal_Any{Any: true}} },
	and: func(ps []*rbacv3.Principal) *rbacv3.Principal {
		return &rbacv3.Principal{Identifier: &rbacv3.Principal_AndIds{AndIds: &rbacv3.Principal_Set{Ids: ps}}}
	},
	or: func(ps []*rbacv3.Principal) *rbacv3.Principal {
		return &rbacv3.Principal{Identifier: &rbacv3.Principal_OrIds{OrIds: &rbacv3.Principal_Set{Ids: ps}}}
	},
	not: func(p *rbacv3.Principal) *rbacv3.Principal {
		return &rbacv3.Principal{Identifier: &rbacv3.Principal_NotId{NotId: p}}
	},
}

// principalClause returns the clause of an attribute of who asks; ok is false for any other key. The namespace is that
// of the policy.
func principalClause(key, namespace string) (c clause[rbacv3.Principal], ok bool) {
	switch key {
	case "source.ip":
		return clause[rbacv3.Principal]{match: each(principals, directIP)}, true
	case "remote.ip":
		return clause[rbacv3.Principal]{match: each(principals, remoteIP)}, true
	case "source.namespace":
		return identityClause(namespaceIdentity), true
	case "source.trustDomain":
		return identityClause(trustDomainIdentity), true
	case "source.serviceAccount":
		return identityClause(func(v string) *matcherv3.StringMatcher { return accountIdentity(namespace, v) }), true
	case "source.principal":
		return identityClause(func(v string) *matcherv3.StringMatcher { return prefixed("spiffe://", v) }), true
	case "request.auth.principal":
		return clause[rbacv3.Principal]{http: true, match: requestPrincipal}, true
	case "request.auth.audiences":
		return claimClause([]string{"aud"}), true
	case "request.auth.presenter":
		return claimClause([]string{"azp"}), true
	}
	return namedPrincipalClause(key)
}

// namedPrincipalClause returns the clause of an attribute whose key holds a name in brackets.
func namedPrincipalClause(key string) (c clause[rbacv3.Principal], ok bool) {
	switch {
	case strings.HasPrefix(key, "request.headers"):
		return clause[rbacv3.Principal]{http: true, match: each(principals, func(v string) (*rbacv3.Principal, error) {
			name, err := bracketed(key, "request.headers")
			if err != nil {
				return nil, err
			}
			m := headerPattern(name, v, false)
			return &rbacv3.Principal{Identifier: &rbacv3.Principal_Header{Header: m}}, nil
		})}, true
	case strings.HasPrefix(key, "request.auth.claims"):
		names, err := nested(key, "request.auth.claims")
		c := claimClause(names)
		if err != nil {
			c.match = func([]string) (*rbacv3.Principal, error) { return nil, err }
		}
		return c, true
	}
	return c, false
}

func directIP(value string) (*rbacv3.Principal, error) {
	cidr, err := xds.CIDRRange(value)
	if err != nil {
		return nil, err
	}
	return &rbacv3.Principal{Identifier: &rbacv3.Principal_DirectRemoteIp{DirectRemoteIp: cidr}}, nil
}

func remoteIP(value string) (*rbacv3.Principal, error) {
	cidr, err := xds.CIDRRange(value)
	if err != nil {
		return nil, err
	}
	return &rbacv3.Principal{Identifier: &rbacv3.Principal_RemoteIp{RemoteIp: cidr}}, nil
}

// identityClause matches the SPIFFE identity of the peer's certificate.
func identityClause(of func(value string) *matcherv3.StringMatcher) clause[rbacv3.Principal] {
	return clause[rbacv3.Principal]{match: each(principals, func(v string) (*rbacv3.Principal, error) {
		return &rbacv3.Principal{Identifier: &rbacv3.Principal_Authenticated_{
			Authenticated: &rbacv3.Principal_Authenticated{PrincipalName: of(v)},
		}}, nil
	})}
}

// namespaceIdentity matches the identities of a namespace, which may hold asterisks anywhere.
func namespaceIdentity(value string) *matcherv3.StringMatcher {
	parts := strings.Split(value, "*")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return xds.Regex(".*/ns/" + strings.Join(parts, ".*") + "/.*")
}

// trustDomainIdentity matches the identities of a trust domain.
func trustDomainIdentity(value string) *matcherv3.StringMatcher {
	before, after, wild := strings.Cut(value, "*")
	switch {
	case value == "*":
		return xds.Prefix("spiffe://", false)
	case !wild:
		return xds.Prefix("spiffe://"+value+"/", false)
	}
	return xds.Regex("spiffe://" + regexp.QuoteMeta(before) + "[^/]*" + regexp.QuoteMeta(after) + "/.*")
}

// accountIdentity matches a service account, written as "name" or "namespace/name". Further segments may be in its
// identity before and behind it.
func accountIdentity(namespace, value string) *matcherv3.StringMatcher {
	ns, account, ok := strings.Cut(value, "/")
	if !ok {
		ns, account = namespace, value
	}
	return xds.Regex("spiffe://.+/ns/" + regexp.QuoteMeta(ns) + "/(.+/|)sa/" + regexp.QuoteMeta(account) + "(/.+)?")
}
