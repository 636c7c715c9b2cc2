package callgen

import (
	"net/netip"
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
)

// The bounds of the requests that are made to meet policies whole.
const (
	triesOfPolicy = 12
	mostOfPolicy  = 2_000 // of a filter chain
)

// meeting returns requests that meet authorization policies of a chain in all that they ask, and some that miss it in one point.
func (s sampler) meeting(chain *listenerv3.FilterChain, requests []request) []request {
	base := request{authority: "svc.example", path: "/"}
	if len(requests) > 1 {
		base = requests[1]
	}
	var policies []*rbacv3.Policy
	within(chain, func(p *rbacv3.Policy) { policies = append(policies, p) })
	var out []request
	for _, p := range spread(policies, mostOfPolicy/triesOfPolicy) {
		for try := range triesOfPolicy {
			m := meeter{sampler: s, request: base.with(func(*request) {}), slips: try%3 == 2}
			m.permission(one(s, p.GetPermissions()), true)
			m.principal(one(s, p.GetPrincipals()), true)
			out = append(out, m.request)
		}
	}
	return out
}

// one chooses an item; the zero value of none.
func one[T any](s sampler, of []T) (chosen T) {
	if len(of) > 0 {
		chosen = of[s.random.IntN(len(of))]
	}
	return chosen
}

// A meeter changes a request until it meets what a policy asks.
type meeter struct {
	sampler
	request request
	slips   bool // it misses about one point in four
}

// wants reports whether a point is to be met, which a slip turns round.
func (m *meeter) wants(met bool) bool { return met != (m.slips && m.random.IntN(4) == 0) }

func (m *meeter) permission(p *rbacv3.Permission, met bool) {
	switch r := p.GetRule().(type) {
	case *rbacv3.Permission_AndRules:
		all(m, r.AndRules.GetRules(), met, m.permission)
	case *rbacv3.Permission_OrRules:
		all(m, r.OrRules.GetRules(), !met, func(p *rbacv3.Permission, other bool) { m.permission(p, !other) })
	case *rbacv3.Permission_NotRule:
		m.permission(r.NotRule, !met)
	case *rbacv3.Permission_UrlPath:
		m.path(m.text(r.UrlPath.GetPath(), m.wants(met)))
	case *rbacv3.Permission_UriTemplate:
		if paths := templated(r.UriTemplate); met && len(paths) > 0 {
			m.path(one(m.sampler, paths))
		}
	case *rbacv3.Permission_Header:
		m.request = m.header(m.request, r.Header, m.wants(met))
	case *rbacv3.Permission_RequestedServerName:
		m.then(asking(m.text(r.RequestedServerName, m.wants(met))))
	}
}

func (m *meeter) principal(p *rbacv3.Principal, met bool) {
	switch r := p.GetIdentifier().(type) {
	case *rbacv3.Principal_AndIds:
		all(m, r.AndIds.GetIds(), met, m.principal)
	case *rbacv3.Principal_OrIds:
		all(m, r.OrIds.GetIds(), !met, func(p *rbacv3.Principal, other bool) { m.principal(p, !other) })
	case *rbacv3.Principal_NotId:
		m.principal(r.NotId, !met)
	case *rbacv3.Principal_Authenticated_:
		if name := r.Authenticated.GetPrincipalName(); name != nil {
			m.then(from(m.text(name, m.wants(met)), netip.Addr{}))
		}
	case *rbacv3.Principal_Header:
		m.request = m.header(m.request, r.Header, m.wants(met))
	case *rbacv3.Principal_DirectRemoteIp:
		m.then(from("", m.address(r.DirectRemoteIp, m.wants(met))))
	case *rbacv3.Principal_SourceIp:
		m.then(from("", m.address(r.SourceIp, m.wants(met))))
	case *rbacv3.Principal_RemoteIp:
		if a := m.address(r.RemoteIp, m.wants(met)); a.IsValid() {
			m.then(from("", a))
			m.request.headers["x-forwarded-for"] = a.String()
		}
	}
}

// all goes through the points that have to be met together; where they are to be missed, one of them is.
func all[T any](m *meeter, points []T, met bool, each func(T, bool)) {
	missed := -1
	if !met && len(points) > 0 {
		missed = m.random.IntN(len(points))
	}
	for i, p := range points {
		each(p, i != missed)
	}
}

func (m *meeter) path(path string) {
	if len(path) > 0 && path[0] == '/' {
		m.request.path = path
	}
}

// then changes the connection after what was changed before.
func (m *meeter) then(change func(connection) connection) {
	before := m.request.connect
	m.request.connect = func(w connection) connection {
		if before != nil {
			w = before(w)
		}
		return change(w)
	}
}

// address is one inside of a range, or just outside.
func (m *meeter) address(r *corev3.CidrRange, inside bool) netip.Addr {
	return one(m.sampler, slices.DeleteFunc(edges(r), func(a netip.Addr) bool { return inRanges([]*corev3.CidrRange{r}, a) != inside }))
}
