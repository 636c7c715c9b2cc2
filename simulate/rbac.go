package simulate

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// An rbac is the rules of a role-based access control filter. Shadow rules only count and are left out.
type rbac struct {
	action   rbacv3.RBAC_Action
	policies []rbacPolicy // in the order of their names, in which Envoy asks them
}

type rbacPolicy struct {
	name        string
	permissions []subjectTest
	principals  []subjectTest
}

// A subject is what access is decided about. The request of plain TCP has neither method nor headers.
type subject struct {
	conn *connection
	peer string // the identity of the client's certificate, "" without one
	tls  bool   // the proxy terminated TLS
	req  *request
	from netip.Addr // where the request comes from, by X-Forwarded-For where that is trusted
}

type subjectTest func(*subject) bool

// newRBAC compiles rules; nil rules enforce nothing.
func newRBAC(rules *rbacv3.RBAC) *rbac {
	if rules == nil {
		return nil
	}
	out := &rbac{action: rules.GetAction()}
	for _, name := range slices.Sorted(maps.Keys(rules.GetPolicies())) {
		p := rules.GetPolicies()[name]
		out.policies = append(out.policies, rbacPolicy{name, mapped(p.GetPermissions(), permission), mapped(p.GetPrincipals(), principal)})
	}
	return out
}

func mapped[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// allows decides; the second result is the deciding policy, "" where none matched.
func (b *rbac) allows(s *subject) (bool, string) {
	if b == nil || b.action == rbacv3.RBAC_LOG {
		return true, ""
	}
	for _, p := range b.policies {
		if p.matches(s) {
			return b.action == rbacv3.RBAC_ALLOW, p.name
		}
	}
	return b.action == rbacv3.RBAC_DENY, ""
}

func (p *rbacPolicy) matches(s *subject) bool {
	holds := func(t subjectTest) bool { return t(s) }
	return anyOf(p.permissions, holds) && anyOf(p.principals, holds)
}

func never(*subject) bool { return false }

func every(tests []subjectTest) subjectTest {
	return func(s *subject) bool { return allOf(tests, func(t subjectTest) bool { return t(s) }) }
}

func either(tests []subjectTest) subjectTest {
	return func(s *subject) bool { return anyOf(tests, func(t subjectTest) bool { return t(s) }) }
}

func not(t subjectTest) subjectTest { return func(s *subject) bool { return !t(s) } }

// permission compiles what may be done.
func permission(p *rbacv3.Permission) subjectTest {
	switch rule := p.GetRule().(type) {
	case *rbacv3.Permission_Any:
		return func(*subject) bool { return rule.Any }
	case *rbacv3.Permission_AndRules:
		return every(mapped(rule.AndRules.GetRules(), permission))
	case *rbacv3.Permission_OrRules:
		return either(mapped(rule.OrRules.GetRules(), permission))
	case *rbacv3.Permission_NotRule:
		return not(permission(rule.NotRule))
	case *rbacv3.Permission_Header:
		return onRequest(newHeader(rule.Header).test)
	case *rbacv3.Permission_UrlPath:
		return ofPath(newTextMatch(rule.UrlPath.GetPath()))
	case *rbacv3.Permission_UriTemplate:
		return ofPath(uriTemplate(rule.UriTemplate.GetTypedConfig()))
	case *rbacv3.Permission_DestinationIp:
		return within(rule.DestinationIp, func(s *subject) netip.Addr { return s.conn.destination.Addr() })
	case *rbacv3.Permission_DestinationPort:
		return func(s *subject) bool { return uint32(s.conn.destination.Port()) == rule.DestinationPort }
	case *rbacv3.Permission_DestinationPortRange:
		return func(s *subject) bool {
			port := int64(s.conn.destination.Port())
			return port >= int64(rule.DestinationPortRange.GetStart()) && port < int64(rule.DestinationPortRange.GetEnd())
		}
	case *rbacv3.Permission_RequestedServerName:
		text := newTextMatch(rule.RequestedServerName)
		return func(s *subject) bool { return text.test(strings.ToLower(s.conn.sni)) }
	case *rbacv3.Permission_Metadata:
		return metadata(rule.Metadata)
	}
	return never
}

// principal compiles who may do it.
func principal(p *rbacv3.Principal) subjectTest {
	switch id := p.GetIdentifier().(type) {
	case *rbacv3.Principal_Any:
		return func(*subject) bool { return id.Any }
	case *rbacv3.Principal_AndIds:
		return every(mapped(id.AndIds.GetIds(), principal))
	case *rbacv3.Principal_OrIds:
		return either(mapped(id.OrIds.GetIds(), principal))
	case *rbacv3.Principal_NotId:
		return not(principal(id.NotId))
	case *rbacv3.Principal_Authenticated_:
		return authenticated(id.Authenticated)
	case *rbacv3.Principal_SourceIp:
		return within(id.SourceIp, func(s *subject) netip.Addr { return s.conn.source.Addr() })
	case *rbacv3.Principal_DirectRemoteIp:
		return within(id.DirectRemoteIp, func(s *subject) netip.Addr { return s.conn.source.Addr() })
	case *rbacv3.Principal_RemoteIp:
		return within(id.RemoteIp, func(s *subject) netip.Addr { return s.from })
	case *rbacv3.Principal_Header:
		return onRequest(newHeader(id.Header).test)
	case *rbacv3.Principal_UrlPath:
		return ofPath(newTextMatch(id.UrlPath.GetPath()))
	case *rbacv3.Principal_Metadata:
		return metadata(id.Metadata)
	}
	return never
}

// authenticated matches the identity of the client's certificate; over TLS without one the identity is empty.
func authenticated(a *rbacv3.Principal_Authenticated) subjectTest {
	if a.GetPrincipalName() == nil {
		return func(s *subject) bool { return s.tls }
	}
	name := newTextMatch(a.GetPrincipalName())
	return func(s *subject) bool { return s.tls && name.test(s.peer) }
}

// onRequest is false for plain TCP, which has no headers.
func onRequest(test func(*request) bool) subjectTest {
	return func(s *subject) bool { return test(cmp.Or(s.req, bare)) }
}

// bare stands for the request where there is none.
var bare = &request{}

// ofPath is false for plain TCP, which has no path.
func ofPath(text textMatch) subjectTest {
	return func(s *subject) bool { return s.req != nil && text.test(s.req.pathOnly()) }
}

func within(r *corev3.CidrRange, address func(*subject) netip.Addr) subjectTest {
	p, ok := prefix(r)
	return func(s *subject) bool { return ok && p.Contains(address(s)) }
}

func metadata(m *matcherv3.MetadataMatcher) subjectTest {
	test := newMetadata(m)
	return func(s *subject) bool { return s.req != nil && test(s.req.metadata) }
}
