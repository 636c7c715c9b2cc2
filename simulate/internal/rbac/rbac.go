package rbac

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/simulate/call"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/request"
)

// An RBAC is the rules of a role-based access control filter. Shadow rules only count and are left out.
type RBAC struct {
	action   rbacv3.RBAC_Action
	policies []rbacPolicy // in the order of their names, in which Envoy asks them
}

type rbacPolicy struct {
	name        string
	permissions []subjectTest
	principals  []subjectTest
}

// A Input is what access is decided about. The request of plain TCP has neither method nor headers.
type Input struct {
	Conn *call.Connection
	Req  *request.Request
	From netip.Addr // where the request comes from, by X-Forwarded-For where that is trusted
}

type subjectTest func(*Input) bool

// NewRBAC compiles rules; nil rules enforce nothing.
func NewRBAC(rules *rbacv3.RBAC) *RBAC {
	if rules == nil {
		return nil
	}
	out := &RBAC{action: rules.GetAction()}
	for _, name := range slices.Sorted(maps.Keys(rules.GetPolicies())) {
		p := rules.GetPolicies()[name]
		out.policies = append(out.policies, rbacPolicy{name, match.Mapped(p.GetPermissions(), permission), match.Mapped(p.GetPrincipals(), principal)})
	}
	return out
}

// A result is what rules decide.
type result struct {
	rules   *RBAC
	Allowed bool
	Policy  string // the deciding policy, "" where none matched
}

// Allows decides.
func (b *RBAC) Allows(s *Input) result {
	if b == nil || b.action == rbacv3.RBAC_LOG {
		return result{Allowed: true}
	}
	for _, p := range b.policies {
		if p.matches(s) {
			return result{b, b.action == rbacv3.RBAC_ALLOW, p.name}
		}
	}
	return result{b, b.action == rbacv3.RBAC_DENY, ""}
}

func (p *rbacPolicy) matches(s *Input) bool {
	holds := func(t subjectTest) bool { return t(s) }
	return slices.ContainsFunc(p.permissions, holds) && slices.ContainsFunc(p.principals, holds)
}

func never(*Input) bool { return false }

func every(tests []subjectTest) subjectTest {
	return func(s *Input) bool { return match.AllOf(tests, func(t subjectTest) bool { return t(s) }) }
}

func either(tests []subjectTest) subjectTest {
	return func(s *Input) bool { return slices.ContainsFunc(tests, func(t subjectTest) bool { return t(s) }) }
}

func not(t subjectTest) subjectTest { return func(s *Input) bool { return !t(s) } }

// permission compiles what may be done.
func permission(p *rbacv3.Permission) subjectTest {
	switch rule := p.GetRule().(type) {
	case *rbacv3.Permission_Any:
		return func(*Input) bool { return rule.Any }
	case *rbacv3.Permission_AndRules:
		return every(match.Mapped(rule.AndRules.GetRules(), permission))
	case *rbacv3.Permission_OrRules:
		return either(match.Mapped(rule.OrRules.GetRules(), permission))
	case *rbacv3.Permission_NotRule:
		return not(permission(rule.NotRule))
	case *rbacv3.Permission_Header:
		return onRequest(match.NewHeader(rule.Header).Test)
	case *rbacv3.Permission_UrlPath:
		return ofPath(match.NewText(rule.UrlPath.GetPath()))
	case *rbacv3.Permission_UriTemplate:
		return ofPath(match.UriTemplate(rule.UriTemplate.GetTypedConfig()))
	case *rbacv3.Permission_DestinationIp:
		return within(rule.DestinationIp, func(s *Input) netip.Addr { return s.Conn.Destination.Addr() })
	case *rbacv3.Permission_DestinationPort:
		return func(s *Input) bool { return uint32(s.Conn.Destination.Port()) == rule.DestinationPort }
	case *rbacv3.Permission_DestinationPortRange:
		return func(s *Input) bool {
			port := int64(s.Conn.Destination.Port())
			return port >= int64(rule.DestinationPortRange.GetStart()) && port < int64(rule.DestinationPortRange.GetEnd())
		}
	case *rbacv3.Permission_RequestedServerName:
		text := match.NewText(rule.RequestedServerName)
		return func(s *Input) bool { return text.Test(strings.ToLower(s.Conn.SNI)) }
	case *rbacv3.Permission_Metadata:
		return metadata(rule.Metadata)
	}
	return never
}

// principal compiles who may do it.
func principal(p *rbacv3.Principal) subjectTest {
	switch id := p.GetIdentifier().(type) {
	case *rbacv3.Principal_Any:
		return func(*Input) bool { return id.Any }
	case *rbacv3.Principal_AndIds:
		return every(match.Mapped(id.AndIds.GetIds(), principal))
	case *rbacv3.Principal_OrIds:
		return either(match.Mapped(id.OrIds.GetIds(), principal))
	case *rbacv3.Principal_NotId:
		return not(principal(id.NotId))
	case *rbacv3.Principal_Authenticated_:
		return authenticated(id.Authenticated)
	case *rbacv3.Principal_SourceIp:
		return within(id.SourceIp, func(s *Input) netip.Addr { return s.Conn.Source.Addr() })
	case *rbacv3.Principal_DirectRemoteIp:
		return within(id.DirectRemoteIp, func(s *Input) netip.Addr { return s.Conn.Source.Addr() })
	case *rbacv3.Principal_RemoteIp:
		return within(id.RemoteIp, func(s *Input) netip.Addr { return s.From })
	case *rbacv3.Principal_Header:
		return onRequest(match.NewHeader(id.Header).Test)
	case *rbacv3.Principal_UrlPath:
		return ofPath(match.NewText(id.UrlPath.GetPath()))
	case *rbacv3.Principal_Metadata:
		return metadata(id.Metadata)
	}
	return never
}

// authenticated matches the identity of the client's certificate; over TLS without one the identity is empty.
func authenticated(a *rbacv3.Principal_Authenticated) subjectTest {
	if a.GetPrincipalName() == nil {
		return func(s *Input) bool { return s.Conn.Decrypted }
	}
	name := match.NewText(a.GetPrincipalName())
	return func(s *Input) bool { return s.Conn.Decrypted && name.Test(s.Conn.Peer) }
}

// onRequest is false for plain TCP, which has no headers.
func onRequest(test func(*request.Request) bool) subjectTest {
	return func(s *Input) bool { return test(cmp.Or(s.Req, bare)) }
}

// bare stands for the request where there is none.
var bare = &request.Request{}

// ofPath is false for plain TCP, which has no path.
func ofPath(text match.Text) subjectTest {
	return func(s *Input) bool { return s.Req != nil && text.Test(s.Req.PathOnly()) }
}

func within(r *corev3.CidrRange, address func(*Input) netip.Addr) subjectTest {
	p, ok := match.Prefix(r)
	return func(s *Input) bool { return ok && p.Contains(address(s)) }
}

func metadata(m *matcherv3.MetadataMatcher) subjectTest {
	test := match.NewMetadata(m)
	return func(s *Input) bool { return s.Req != nil && test(s.Req.Metadata) }
}
