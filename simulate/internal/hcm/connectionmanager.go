package hcm

import (
	faultv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
	rbachttp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/jwt"
	"sem.example/simulate/internal/rbac"
	"sem.example/simulate/internal/route"
)

// A ConnectionManager is an HTTP connection manager.
type ConnectionManager struct {
	proto       *hcmv3.HttpConnectionManager
	rds         string // the name of a route table that is looked up
	inline      *route.Table
	filters     []httpFilter
	unsupported []string
	alpn        map[string][]string // what Istio offers upstream, by protocol
}

// An httpFilter is one of a manager's, in the order in which requests pass.
type httpFilter struct {
	name    string
	kind    string // its type
	message proto.Message

	disabled bool // unless a route enables it
	rbac     *rbac.RBAC
	shadow   *rbac.RBAC // rules that are only reported on, to the filters behind this one
	jwt      *jwt.Filter
	fault    *route.FaultRule
}

// Filters are compiled HTTP filters, each configuration once: the connection managers of a workload's ports have the same
// rules, which may be thousands.
type Filters struct {
	Fetch envoy.Fetcher // finds the configuration of a filter that fetches it
	known lazy.Map[envoy.Digest, httpFilter]
}

func (f *Filters) of(c *hcmv3.HttpFilter) httpFilter {
	config := f.Fetch.Config(c)
	return f.known.Get(envoy.DigestOf(c.GetName(), config), func() httpFilter {
		filter := httpFilter{name: c.GetName(), kind: envoy.TypeOf(config), message: envoy.Message(config)}
		switch m := filter.message.(type) {
		case *rbachttp.RBAC:
			filter.rbac, filter.shadow = rbac.NewRBAC(m.GetRules()), rbac.NewRBAC(m.GetShadowRules())
		case *jwtv3.JwtAuthentication:
			filter.jwt = jwt.NewFilter(m)
		case *faultv3.HTTPFault:
			filter.fault = route.NewFaultRule(m)
		}
		return filter
	})
}

// NewConnectionManager compiles a connection manager.
func NewConnectionManager(m *hcmv3.HttpConnectionManager, filters *Filters) *ConnectionManager {
	out := &ConnectionManager{proto: m, rds: m.GetRds().GetRouteConfigName(), alpn: newALPN(m), unsupported: decision.UnsupportedFields(m, "the HTTP connection manager")}
	if c := m.GetRouteConfig(); c != nil {
		out.inline = route.NewTable(c)
	}
	for _, f := range m.GetHttpFilters() {
		filter := filters.of(f)
		filter.disabled = f.GetDisabled()
		out.filters = append(out.filters, filter)
	}
	return out
}

// newALPN reads what Istio's filter offers upstream, by the protocol that the upstream is spoken to.
func newALPN(m *hcmv3.HttpConnectionManager) map[string][]string {
	out := map[string][]string{}
	for _, f := range m.GetHttpFilters() {
		if envoy.TypeOf(f.GetTypedConfig()) != decision.AlpnFilter {
			continue
		}
		for _, o := range envoy.Fields(f.GetTypedConfig())["alpnOverride"].GetListValue().GetValues() {
			fields := o.GetStructValue().GetFields()
			for _, p := range fields["alpnOverride"].GetListValue().GetValues() {
				key := fields["upstreamProtocol"].GetStringValue()
				out[key] = append(out[key], p.GetStringValue())
			}
		}
	}
	return out
}
