package rbac

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"

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
	name       string
	permission subjectTest
	principal  subjectTest
}

// A Input is what access is decided about. The request of plain TCP has neither method nor headers.
type Input struct {
	Conn *call.Connection
	Req  *request.Request
	From netip.Addr // where the request comes from, by X-Forwarded-For where that is trusted
}

// NewRBAC compiles rules; nil rules enforce nothing.
func NewRBAC(rules *rbacv3.RBAC) *RBAC {
	if rules == nil {
		return nil
	}
	out := &RBAC{action: rules.GetAction()}
	for _, name := range slices.Sorted(maps.Keys(rules.GetPolicies())) {
		p := rules.GetPolicies()[name]
		out.policies = append(out.policies, rbacPolicy{name, either(match.Mapped(p.GetPermissions(), permission)), either(match.Mapped(p.GetPrincipals(), principal))})
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
	for i := range b.policies {
		if p := &b.policies[i]; p.matches(s) {
			return result{b, b.action == rbacv3.RBAC_ALLOW, p.name}
		}
	}
	return result{b, b.action == rbacv3.RBAC_DENY, ""}
}

func (p *rbacPolicy) matches(s *Input) bool {
	return p.permission.holds(s) && p.principal.holds(s)
}

// permission compiles what may be done.
func permission(p *rbacv3.Permission) subjectTest {
	switch rule := p.GetRule().(type) {
	case *rbacv3.Permission_Any:
		return fixed(rule.Any)
	case *rbacv3.Permission_AndRules:
		return every(match.Mapped(rule.AndRules.GetRules(), permission))
	case *rbacv3.Permission_OrRules:
		return either(match.Mapped(rule.OrRules.GetRules(), permission))
	case *rbacv3.Permission_NotRule:
		return not(permission(rule.NotRule))
	case *rbacv3.Permission_Header:
		return onHeader(rule.Header)
	case *rbacv3.Permission_UrlPath:
		return ofPath(match.NewText(rule.UrlPath.GetPath()))
	case *rbacv3.Permission_UriTemplate:
		return ofPath(match.URITemplate(rule.UriTemplate.GetTypedConfig()))
	case *rbacv3.Permission_DestinationIp:
		return within("destination.ip", rule.DestinationIp, func(s *Input) netip.Addr { return s.Conn.Destination.Addr() })
	case *rbacv3.Permission_DestinationPort:
		return onPort(rule.DestinationPort, rule.DestinationPort+1)
	case *rbacv3.Permission_DestinationPortRange:
		return onPort(uint32(rule.DestinationPortRange.GetStart()), uint32(rule.DestinationPortRange.GetEnd()))
	case *rbacv3.Permission_RequestedServerName:
		text := match.NewText(rule.RequestedServerName)
		return onText("connection.sni", text, func(s *Input) (string, bool) { return strings.ToLower(s.Conn.SNI), true })
	case *rbacv3.Permission_Metadata:
		return metadata(rule.Metadata)
	}
	return fixed(false)
}

// principal compiles who may do it.
func principal(p *rbacv3.Principal) subjectTest {
	switch id := p.GetIdentifier().(type) {
	case *rbacv3.Principal_Any:
		return fixed(id.Any)
	case *rbacv3.Principal_AndIds:
		return every(match.Mapped(id.AndIds.GetIds(), principal))
	case *rbacv3.Principal_OrIds:
		return either(match.Mapped(id.OrIds.GetIds(), principal))
	case *rbacv3.Principal_NotId:
		return not(principal(id.NotId))
	case *rbacv3.Principal_Authenticated_:
		return authenticated(id.Authenticated)
	case *rbacv3.Principal_SourceIp:
		return within("source.ip", id.SourceIp, func(s *Input) netip.Addr { return s.Conn.Source.Addr() })
	case *rbacv3.Principal_DirectRemoteIp:
		return within("source.ip", id.DirectRemoteIp, func(s *Input) netip.Addr { return s.Conn.Source.Addr() })
	case *rbacv3.Principal_RemoteIp:
		return within("remote.ip", id.RemoteIp, func(s *Input) netip.Addr { return s.From })
	case *rbacv3.Principal_Header:
		return onHeader(id.Header)
	case *rbacv3.Principal_UrlPath:
		return ofPath(match.NewText(id.UrlPath.GetPath()))
	case *rbacv3.Principal_Metadata:
		return metadata(id.Metadata)
	}
	return fixed(false)
}
