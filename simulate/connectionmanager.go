package simulate

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	faultv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
	rbachttp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
)

// A manager is an HTTP connection manager.
type manager struct {
	proto   *hcmv3.HttpConnectionManager
	rds     string // the name of a route table that is looked up
	inline  *table
	filters []httpFilter
	unread  []string
	alpn    map[string][]string // what Istio offers upstream, by protocol
}

// An httpFilter is one of a manager's, in the order in which requests pass.
type httpFilter struct {
	name    string
	kind    string // its type
	message proto.Message
	rbac    *rbac
	jwt     *jwtFilter
	fault   *faultRule
}

func newManager(m *hcmv3.HttpConnectionManager) *manager {
	out := &manager{proto: m, rds: m.GetRds().GetRouteConfigName(), alpn: newALPN(m), unread: unread(m, "the HTTP connection manager")}
	if c := m.GetRouteConfig(); c != nil {
		out.inline = newTable(c)
	}
	for _, f := range m.GetHttpFilters() {
		filter := httpFilter{name: f.GetName(), kind: envoy.TypeOf(f.GetTypedConfig())}
		filter.message, _ = f.GetTypedConfig().UnmarshalNew()
		switch c := filter.message.(type) {
		case *rbachttp.RBAC:
			filter.rbac = newRBAC(c.GetRules())
		case *jwtv3.JwtAuthentication:
			filter.jwt = newJWTFilter(c)
		case *faultv3.HTTPFault:
			filter.fault = newFaultRule(c)
		}
		out.filters = append(out.filters, filter)
	}
	return out
}

// table is the route table in force, or nil. Where nobody wants to know which virtual hosts were rejected it may be the
// part of the table that serves the authority.
func (e *Engine) table(m *manager, authority string) *table {
	if m.inline != nil {
		return m.inline
	}
	if known, ok := e.tables.find(m.rds); ok {
		return known
	}
	if finder, ok := e.resources.(envoy.HostFinder); ok && !e.why {
		if c := finder.RouteFor(m.rds, authority); c != nil {
			if t := e.part(c); t.serves(authority) {
				return t
			}
		}
	}
	var out *table
	if c := e.resources.Route(m.rds); c != nil {
		out = newTable(c)
	}
	return e.tables.keep(m.rds, out)
}

// part is a route table with one virtual host.
func (e *Engine) part(c *routev3.RouteConfiguration) *table {
	key := c.GetName() + "/" + c.GetVirtualHosts()[0].GetName()
	if known, ok := e.tables.find(key); ok {
		return known
	}
	return e.tables.keep(key, newTable(c))
}
