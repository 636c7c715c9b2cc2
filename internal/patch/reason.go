package patch

import (
	"fmt"
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/clustername"
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/envoy"
	"sem.example/internal/source"
)

// A Key names a patch: its EnvoyFilter, and its place there.
type Key struct {
	Doc   *source.Document
	Field string
}

// Effective returns the patches that change anything of a proxy. It patches everything that the proxy runs.
func Effective(x *Resources) map[Key]bool {
	x.Resources()
	out := map[Key]bool{}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, origins := range x.origins {
		for _, o := range origins {
			out[Key{o.Doc, o.Field}] = true
		}
	}
	for _, p := range x.set.byTarget[networking.EnvoyFilter_EXTENSION_CONFIG] {
		if added, ok := p.value.(interface{ GetName() string }); ok && envoy.Fetched(x.ListenersOn(0))[added.GetName()] {
			out[Key{p.Filter.Doc, p.Field}] = true
		}
	}
	return out
}

// A Proxy is what a patch is tried on.
type Proxy struct {
	Compiled
	ProxyAttributes
	Options
	Gateway bool
	Root    string // the root namespace
}

// Patched returns the resources of the proxy with the EnvoyFilters applied that are attached to it.
func (x *Proxy) Patched(attached []*config.Object) *Resources {
	return Apply(x.Compiled, x.Patches(attached), x.Gateway)
}

// Patches are the patches of EnvoyFilters that act on the proxy.
func (x *Proxy) Patches(attached []*config.Object) *Patches {
	return Select(attached, x.Root, x.ProxyAttributes, x.Options)
}

// A part of a match, and how a match is without it.
type part struct {
	field  string
	remove func(*networking.EnvoyFilter_EnvoyConfigObjectMatch) bool // false where the match does not have it
}

func clear[T comparable](field *T) bool {
	var zero T
	had := *field != zero
	*field = zero
	return had
}

// parts are what may keep a patch from applying. The context is the last: without it, a patch also fits what nobody meant.
var parts = []part{
	{"proxy.proxyVersion", func(m *networking.EnvoyFilter_EnvoyConfigObjectMatch) bool {
		return m.GetProxy() != nil && clear(&m.Proxy.ProxyVersion)
	}},
	{"proxy.metadata", func(m *networking.EnvoyFilter_EnvoyConfigObjectMatch) bool {
		had := len(m.GetProxy().GetMetadata()) > 0
		if had {
			m.Proxy.Metadata = nil
		}
		return had
	}},
	{"listener.name", ofListener(func(l *networking.EnvoyFilter_ListenerMatch) bool { return clear(&l.Name) })},
	{"listener.portNumber", ofListener(func(l *networking.EnvoyFilter_ListenerMatch) bool { return clear(&l.PortNumber) })},
	{"listener.listenerFilter", ofListener(func(l *networking.EnvoyFilter_ListenerMatch) bool { return clear(&l.ListenerFilter) })},
	{"listener.filterChain.name", ofChain(func(c *networking.EnvoyFilter_ListenerMatch_FilterChainMatch) bool { return clear(&c.Name) })},
	{"listener.filterChain.sni", ofChain(func(c *networking.EnvoyFilter_ListenerMatch_FilterChainMatch) bool { return clear(&c.Sni) })},
	{"listener.filterChain.transportProtocol", ofChain(func(c *networking.EnvoyFilter_ListenerMatch_FilterChainMatch) bool {
		return clear(&c.TransportProtocol)
	})},
	{"listener.filterChain.applicationProtocols", ofChain(func(c *networking.EnvoyFilter_ListenerMatch_FilterChainMatch) bool {
		return clear(&c.ApplicationProtocols)
	})},
	{"listener.filterChain.destinationPort", ofChain(func(c *networking.EnvoyFilter_ListenerMatch_FilterChainMatch) bool { return clear(&c.DestinationPort) })},
	{"listener.filterChain.filter.subFilter.name", ofChain(func(c *networking.EnvoyFilter_ListenerMatch_FilterChainMatch) bool {
		had := c.GetFilter().GetSubFilter() != nil
		if had {
			c.Filter.SubFilter = nil
		}
		return had
	})},
	{"listener.filterChain.filter.name", ofChain(func(c *networking.EnvoyFilter_ListenerMatch_FilterChainMatch) bool {
		had := c.GetFilter() != nil
		c.Filter = nil
		return had
	})},
	{"routeConfiguration.name", ofTable(func(r *networking.EnvoyFilter_RouteConfigurationMatch) bool { return clear(&r.Name) })},
	{"routeConfiguration.portNumber", ofTable(func(r *networking.EnvoyFilter_RouteConfigurationMatch) bool { return clear(&r.PortNumber) })},
	{"routeConfiguration.portName", ofTable(func(r *networking.EnvoyFilter_RouteConfigurationMatch) bool { return clear(&r.PortName) })},
	{"routeConfiguration.gateway", ofTable(func(r *networking.EnvoyFilter_RouteConfigurationMatch) bool { return clear(&r.Gateway) })},
	{"routeConfiguration.vhost.name", ofTable(func(r *networking.EnvoyFilter_RouteConfigurationMatch) bool {
		return r.GetVhost() != nil && clear(&r.Vhost.Name)
	})},
	{"routeConfiguration.vhost.domainName", ofTable(func(r *networking.EnvoyFilter_RouteConfigurationMatch) bool {
		return r.GetVhost() != nil && clear(&r.Vhost.DomainName)
	})},
	{"routeConfiguration.vhost.route", ofTable(func(r *networking.EnvoyFilter_RouteConfigurationMatch) bool {
		had := r.GetVhost().GetRoute() != nil
		if had {
			r.Vhost.Route = nil
		}
		return had
	})},
	{"cluster.name", ofCluster(func(c *networking.EnvoyFilter_ClusterMatch) bool { return clear(&c.Name) })},
	{"cluster.service", ofCluster(func(c *networking.EnvoyFilter_ClusterMatch) bool { return clear(&c.Service) })},
	{"cluster.subset", ofCluster(func(c *networking.EnvoyFilter_ClusterMatch) bool { return clear(&c.Subset) })},
	{"cluster.portNumber", ofCluster(func(c *networking.EnvoyFilter_ClusterMatch) bool { return clear(&c.PortNumber) })},
	{"context", func(m *networking.EnvoyFilter_EnvoyConfigObjectMatch) bool { return clear(&m.Context) }},
}

func ofListener(remove func(*networking.EnvoyFilter_ListenerMatch) bool) func(*networking.EnvoyFilter_EnvoyConfigObjectMatch) bool {
	return func(m *networking.EnvoyFilter_EnvoyConfigObjectMatch) bool {
		return m.GetListener() != nil && remove(m.GetListener())
	}
}

func ofChain(remove func(*networking.EnvoyFilter_ListenerMatch_FilterChainMatch) bool) func(*networking.EnvoyFilter_EnvoyConfigObjectMatch) bool {
	return ofListener(func(l *networking.EnvoyFilter_ListenerMatch) bool {
		return l.GetFilterChain() != nil && remove(l.GetFilterChain())
	})
}

func ofTable(remove func(*networking.EnvoyFilter_RouteConfigurationMatch) bool) func(*networking.EnvoyFilter_EnvoyConfigObjectMatch) bool {
	return func(m *networking.EnvoyFilter_EnvoyConfigObjectMatch) bool {
		return m.GetRouteConfiguration() != nil && remove(m.GetRouteConfiguration())
	}
}

func ofCluster(remove func(*networking.EnvoyFilter_ClusterMatch) bool) func(*networking.EnvoyFilter_EnvoyConfigObjectMatch) bool {
	return func(m *networking.EnvoyFilter_EnvoyConfigObjectMatch) bool {
		return m.GetCluster() != nil && remove(m.GetCluster())
	}
}

// Ineffective is the finding that a patch changes nothing of a proxy. The part of its match is at fault without which it would apply:
// that is tried part by part.
func Ineffective(p *Patch, proxy *Proxy) diag.Diagnostic {
	d := diag.Diagnostic{Check: ineffective, At: source.Place{Doc: p.Filter.Doc, Field: p.Field + ".match"}, Message: unfit}
	for _, part := range parts {
		filter, ok := without(p, part)
		if !ok || len(Effective(proxy.Patched([]*config.Object{filter}))) == 0 {
			continue
		}
		text := p.Filter.Doc.Lookup(p.Field + ".match." + part.field)
		said := ""
		if text != nil {
			said = text.Text
		}
		d.At.Field += "." + part.field
		d.Message = "the patch changes nothing: no resource of the selected workloads fits " + part.field + " " + said
		if near := diag.Nearest(said, namesFor(part.field, proxy.Compiled)); near != "" {
			d.Help = "did you mean " + near + "?"
		}
		return d
	}
	return d
}

// Unexplained is the finding that a patch changes nothing of a proxy, without the part of its match that is at fault.
func Unexplained(p *Patch) diag.Diagnostic {
	return diag.Diagnostic{
		Check: ineffective, At: source.Place{Doc: p.Filter.Doc, Field: p.Field + ".match"}, Message: unfit,
		Help: "which part of the match is wrong is not shown, because many patches change nothing: correct the others first",
	}
}

// unfit is what is wrong with a match as a whole.
const unfit = "no resource of the selected workloads fits the match: the patch changes nothing"

// NotTried says at an EnvoyFilter that the patches of the input were applied to some of the workloads only: whether one that changed
// nothing there changes anything is not known.
func NotTried(at *config.Object, tried, workloads int) diag.Diagnostic {
	return diag.Diagnostic{
		Check: ineffective, Severity: diag.Info, At: source.Place{Doc: at.Doc, Field: "metadata.name"},
		Message: fmt.Sprintf("EnvoyFilters were applied to %d of %d workloads, because the mesh is large: a patch that changes nothing is not found", tried, workloads),
		Help:    "use sem render --from WORKLOAD to see what the patches change of one workload",
	}
}

// without is an EnvoyFilter that has only a patch, without a part of its match. It is false where the match does not have the part.
func without(p *Patch, x part) (*config.Object, bool) {
	spec := config.Spec[*networking.EnvoyFilter](p.Filter)
	only := proto.Clone(spec.GetConfigPatches()[indexOf(p.Field)]).(*networking.EnvoyFilter_EnvoyConfigObjectPatch)
	if only.GetMatch() == nil || !x.remove(only.Match) {
		return nil, false
	}
	filter := *p.Filter
	filter.Spec = &networking.EnvoyFilter{ConfigPatches: []*networking.EnvoyFilter_EnvoyConfigObjectPatch{only}}
	return &filter, true
}

// Attached are the patches of EnvoyFilters, whatever proxies they are for.
func Attached(filters []*config.Object) []*Patch {
	var out []*Patch
	for _, f := range filters {
		for i := range config.Spec[*networking.EnvoyFilter](f).GetConfigPatches() {
			if p, err := newPatch(f, i); err == nil && p.ApplyTo != networking.EnvoyFilter_BOOTSTRAP {
				out = append(out, p)
			}
		}
	}
	return out
}

// ForGateways reports whether the patch is for the traffic of gateways.
func (p *Patch) ForGateways() bool { return p.match.GetContext() == Gateway }

// namesFor are the names that a proxy has where a match has a field.
func namesFor(field string, compiled Compiled) []string {
	var out []string
	known := map[string]bool{"": true}
	add := func(name string) {
		if !known[name] {
			known[name] = true
			out = append(out, name)
		}
	}
	switch field {
	case "cluster.name", "cluster.service":
		for _, c := range compiled.Resources().Clusters {
			if field == "cluster.name" {
				add(c.GetName())
			} else if name, ok := clustername.Parse(c.GetName()); ok {
				add(name.Host)
			}
		}
	case "routeConfiguration.name", "routeConfiguration.vhost.name":
		for _, r := range compiled.Resources().Routes {
			if field == "routeConfiguration.name" {
				add(r.GetName())
				continue
			}
			for _, v := range r.GetVirtualHosts() {
				add(v.GetName())
			}
		}
	}
	for _, l := range compiled.ListenersOn(0) {
		switch field {
		case "listener.name":
			add(l.GetName())
		case "listener.listenerFilter":
			for _, f := range l.GetListenerFilters() {
				add(f.GetName())
			}
		case "listener.filterChain.name", "listener.filterChain.filter.name", "listener.filterChain.filter.subFilter.name":
			chainNames(field, l, add)
		}
	}
	return out
}

func chainNames(field string, l *listenerv3.Listener, add func(string)) {
	for _, c := range append(slices.Clip(l.GetFilterChains()), l.GetDefaultFilterChain()) {
		if field == "listener.filterChain.name" {
			add(c.GetName())
			continue
		}
		for _, f := range c.GetFilters() {
			if field == "listener.filterChain.filter.name" {
				add(f.GetName())
				continue
			}
			for _, h := range managerOf(f).GetHttpFilters() {
				add(h.GetName())
			}
		}
	}
}
