package simulate

import (
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
	out := &manager{proto: m, rds: m.GetRds().GetRouteConfigName(), alpn: newALPN(m)}
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

// table is the route table in force, or nil.
func (e *Engine) table(m *manager) *table {
	if m.inline != nil {
		return m.inline
	}
	if known, ok := e.tables.find(m.rds); ok {
		return known
	}
	var out *table
	if c := e.resources.Route(m.rds); c != nil {
		out = newTable(c)
	}
	return e.tables.keep(m.rds, out)
}
