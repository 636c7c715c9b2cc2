package diff

import (
	"fmt"
	"slices"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// settings are the fields that differ of what a call passes on both sides, where the traces of the call are the same: keepalive,
// load balancing across localities, header handling of a listener. What decides whether a call passes at all is not among them:
// that it decides this call alike says nothing of others.
func (c *comparison) settings(old, new *simulate.Trace) []string {
	a, b := c.old.passed(old), c.new.passed(new)
	var out []string
	for _, name := range sortedKeys(a) {
		if other, ok := b[name]; ok {
			out = append(out, changedFields(name, a[name], other)...)
		}
	}
	if x, y := c.old.chainsOf(old), c.new.chainsOf(new); len(x) > 0 && len(y) > 0 && !slices.ContainsFunc(x, func(v any) bool {
		return slices.ContainsFunc(y, func(w any) bool { return text(v) == text(w) })
	}) {
		out = append(out, changedFields("settings of the listener", x[0], y[0])...)
	}
	if len(out) > maxSettings {
		out = append(out[:maxSettings], fmt.Sprintf("settings: and %d more fields", len(out)-maxSettings))
	}
	return out
}

// maxSettings is how many fields of settings are named.
const maxSettings = 8

// passed are the parts of the configuration that a call passes, without the names that no request shows.
func (p *part) passed(t *simulate.Trace) map[string]any {
	switch t.Verdict {
	case simulate.Denied, simulate.Unsupported, simulate.NoListener, simulate.NoFilterChain:
		return nil
	}
	p.plain = true
	defer func() { p.plain = false }()
	out, h := map[string]any{}, &t.Hops[0]
	if r := p.routeAt(h); r != nil {
		out["settings of the route"] = p.reduce(routeTree(r))
	}
	names := []string{h.Cluster}
	for _, b := range h.Branches {
		names = append(names, b.Cluster)
	}
	slices.Sort(names)
	for i, name := range slices.Compact(names) {
		if cl := p.resources.Cluster(name); cl != nil {
			out[fmt.Sprintf("settings of destination %d", i)] = p.clusterSettings(cl)
		}
	}
	return out
}

// traced are the fields of a route that a trace shows: where it shows nothing, they say the same in two ways.
var traced = []string{
	"requestHeadersToAdd", "requestHeadersToRemove", "responseHeadersToAdd", "responseHeadersToRemove", "redirect", "directResponse",
	"cluster", "weightedClusters", "prefixRewrite", "regexRewrite", "pathRewritePolicy", "hostRewriteLiteral", "requestMirrorPolicies", "timeout",
}

// routeTree is a route without what a trace shows of it.
func routeTree(r *routev3.Route) any {
	t, _ := tree(without(r, "name", "match")).(map[string]any)
	action, _ := t["route"].(map[string]any)
	for _, field := range traced {
		delete(t, field)
		delete(action, field)
	}
	return t
}

func (p *part) clusterSettings(c *clusterv3.Cluster) any {
	return map[string]any{"cluster": p.reduce(clusterTree(c)), "endpoints": p.endpoints(c)}
}

// routeAt is the route that took the call of a trace.
func (p *part) routeAt(h *simulate.Hop) *routev3.Route {
	if h.Facts.Route == "" {
		return nil
	}
	for _, v := range p.resources.Route(h.RouteConfig).GetVirtualHosts() {
		if v.GetName() != h.VirtualHost {
			continue
		}
		for i, r := range v.GetRoutes() {
			if envoy.Route(h.RouteConfig, v.GetName(), i) == h.Facts.Route {
				return r
			}
		}
	}
	return nil
}

// deciders are filters that refuse calls or choose where they go.
var deciders = []string{"rbac", "jwt_authn", "ext_authz", "sni_cluster", "tcp_proxy", "router", "fault", "cors"}

// chainsOf are the filter chains of the name of that which the call of a trace passed.
func (p *part) chainsOf(t *simulate.Trace) []any {
	if len(p.passed(t)) == 0 {
		return nil
	}
	p.plain = true
	defer func() { p.plain = false }()
	var out []any
	l := p.listeners[t.Hops[0].Listener]
	for _, chain := range append(slices.Clone(l.GetFilterChains()), l.GetDefaultFilterChain()) {
		if chain != nil && chain.GetName() == t.Hops[0].FilterChain {
			out = append(out, p.filtersOf(chain))
		}
	}
	return out
}

// filtersOf is a filter chain, filter by filter.
func (p *part) filtersOf(chain *listenerv3.FilterChain) []any {
	out := []any{p.reduce(tree(without(chain, "filters", "filter_chain_match", "name")))}
	add := func(name string, m proto.Message) {
		if !slices.ContainsFunc(deciders, func(d string) bool { return strings.HasSuffix(name, "."+d) }) {
			out = append(out, p.reduce(tree(m)))
		}
	}
	for _, f := range chain.GetFilters() {
		manager := &hcmv3.HttpConnectionManager{}
		if f.GetTypedConfig().UnmarshalTo(manager) != nil {
			add(f.GetName(), f)
			continue
		}
		out = append(out, p.reduce(tree(without(manager, "http_filters", "rds", "route_config"))))
		for _, hf := range manager.GetHttpFilters() {
			add(hf.GetName(), hf)
		}
	}
	return out
}
