package diff

import (
	"fmt"
	"slices"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

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
		if other, ok := b[name]; ok && other.text != a[name].text {
			out = append(out, changedFields(name, a[name].value, other.value)...)
		}
	}
	if len(out) > maxSettings {
		out = append(out[:maxSettings], fmt.Sprintf("settings: and %d more fields", len(out)-maxSettings))
	}
	return out
}

// maxSettings is how many fields of settings are named.
const maxSettings = 8

// A setting is a part of the configuration, reduced.
type setting struct {
	value any
	text  string
}

// setting is a part of the configuration that many calls pass, reduced once.
func (p *part) setting(name string, reduce func() any) setting {
	s, ok := p.settings[name]
	if !ok {
		value := reduce()
		s = setting{value, text(value)}
		p.settings[name] = s
	}
	return s
}

// passed are the parts of the configuration that a call passes, without the names that no request shows.
func (p *part) passed(t *simulate.Trace) map[string]setting {
	switch t.Verdict {
	case simulate.Unsupported, simulate.NoListener, simulate.NoFilterChain:
		return nil
	}
	p.plain = true
	defer func() { p.plain = false }()
	out, h := map[string]setting{}, &t.Hops[0]
	if l := p.listeners[h.Listener]; l != nil {
		out["settings of the listener"] = p.setting(string(envoy.Listener(l.GetName())), func() any { return p.reduce(tree(without(l, addressing...))) })
		if chain := chainAt(l, h.Facts.Chain); chain != nil {
			out["settings of the filter chain"] = p.setting(string(h.Facts.Chain), func() any { return p.chainSettings(chain) })
		}
	}
	if t.Verdict == simulate.Denied {
		return out
	}
	p.addRouteSettings(h, out)
	names := []string{h.Cluster}
	for _, b := range h.Branches {
		names = append(names, b.Cluster)
	}
	p.addClusterSettings("destination", names, out)
	var mirrors []string
	if h.Policy != nil {
		for _, m := range h.Policy.Mirrors {
			mirrors = append(mirrors, m.Cluster)
		}
	}
	p.addClusterSettings("mirror", mirrors, out)
	return out
}

// addClusterSettings adds those of clusters that a call goes to.
func (p *part) addClusterSettings(what string, names []string, out map[string]setting) {
	slices.Sort(names)
	for i, name := range slices.Compact(names) {
		if cl := p.resources.Cluster(name); cl != nil {
			out[fmt.Sprintf("settings of %s %d", what, i)] = p.setting(string(envoy.Cluster(name)), func() any { return p.clusterSettings(cl) })
		}
	}
}

// traced are the fields of a route that a trace shows: where it shows nothing, they say the same in two ways.
var traced = []string{
	"requestHeadersToAdd", "requestHeadersToRemove", "responseHeadersToAdd", "responseHeadersToRemove", "redirect", "directResponse",
	"cluster", "weightedClusters", "prefixRewrite", "regexRewrite", "pathRewritePolicy", "hostRewriteLiteral", "requestMirrorPolicies", "timeout",
}

// untraced is a route, or what is around it, without what a trace shows of it.
func untraced(m proto.Message) any {
	t, _ := tree(m).(map[string]any)
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

// addRouteSettings adds those of the route that took the call of a trace, of its virtual host and of its table.
func (p *part) addRouteSettings(h *simulate.Hop, out map[string]setting) {
	table := p.resources.Route(h.RouteConfig)
	if h.Facts.Route == "" || table == nil {
		return
	}
	for _, v := range table.GetVirtualHosts() {
		if v.GetName() != h.VirtualHost {
			continue
		}
		for i, r := range v.GetRoutes() {
			if envoy.Route(h.RouteConfig, v.GetName(), i) == h.Facts.Route {
				add := func(name string, at envoy.Addr, m proto.Message) {
					out[name] = p.setting(string(at), func() any { return p.reduce(untraced(m)) })
				}
				add("settings of the route", h.Facts.Route, without(r, "name", "match"))
				add("settings of the host", envoy.VirtualHost(h.RouteConfig, h.VirtualHost), without(v, "name", "domains", "routes"))
				add("settings of the routes", envoy.RouteConfig(h.RouteConfig), without(table, "name", "virtual_hosts"))
				return
			}
		}
	}
}

// deciders are filters that refuse calls or choose where they go.
var deciders = []string{"rbac", "jwt_authn", "ext_authz", "sni_cluster", "router", "fault", "cors"}

// addressing are the fields of a listener that choose which connections it and its filter chains accept.
var addressing = []protoreflect.Name{"name", "address", "additional_addresses", "filter_chains", "default_filter_chain", "listener_filters", "traffic_direction", "bind_to_port", "use_original_dst"}

// chainAt is the filter chain of an address.
func chainAt(l *listenerv3.Listener, at envoy.Addr) *listenerv3.FilterChain {
	for i, chain := range l.GetFilterChains() {
		if envoy.FilterChain(l.GetName(), i) == at {
			return chain
		}
	}
	return l.GetDefaultFilterChain()
}

// chainSettings are those of a filter chain, and of each of its filters by the last word of its name.
func (p *part) chainSettings(chain *listenerv3.FilterChain) map[string]any {
	out, _ := p.reduce(tree(without(chain, "filters", "filter_chain_match", "name"))).(map[string]any)
	add := func(name string, m proto.Message) {
		word := name[strings.LastIndex(name, ".")+1:]
		if !slices.Contains(deciders, word) {
			out[word] = p.reduce(tree(m))
		}
	}
	for _, f := range chain.GetFilters() {
		manager := &hcmv3.HttpConnectionManager{}
		if f.GetTypedConfig().UnmarshalTo(manager) != nil {
			add(f.GetName(), f)
			continue
		}
		add(f.GetName(), without(manager, "http_filters", "rds", "route_config"))
		for _, hf := range manager.GetHttpFilters() {
			add(hf.GetName(), hf)
		}
	}
	return out
}
