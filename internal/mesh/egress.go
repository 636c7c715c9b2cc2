package mesh

import (
	"maps"
	"slices"
	"strings"
	"sync"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/source"
)

// An EgressListener is one outbound listener of a proxy's Sidecar, or the default that imports everything.
type EgressListener struct {
	Spec            *networking.IstioEgressListener // nil for the default
	Field           string                          // of the Sidecar; "" for the default
	Services        []*Service                      // in istiod's order; a host twice where one namespace defines it twice
	VirtualServices []*routing.Rules                // for gateway "mesh", in order of precedence

	specific func() *hostIndex[*routing.Rules]
}

// VirtualService returns the VirtualService of the listener whose hosts cover a host most specifically, or nil. Of
// several with the same host it is the first.
func (l *EgressListener) VirtualService(host string) *routing.Rules {
	v, _ := l.specific().find(host)
	return v
}

// MatchesPort reports whether the listener imports only services that have its port. One without a port does not, nor does
// an HTTP proxy, which forwards to any port.
func (l *EgressListener) MatchesPort() bool {
	return l.Spec.GetPort().GetNumber() != 0 && ParseProtocol(l.Spec.Port.Protocol) != HTTPProxy
}

// onPort returns the service as the listener imports it: nil where it must have the listener's port and has not.
func (l *EgressListener) onPort(s *Service) *Service {
	if !l.MatchesPort() {
		return s
	}
	p := s.Port(l.Spec.Port.Number)
	switch {
	case p == nil:
		return nil
	case len(s.Ports) == 1:
		return s
	}
	return s.WithPorts([]*Port{p})
}

// byHost indexes VirtualServices by host; the first of a host stays.
func byHost(list []*routing.Rules) *hostIndex[*routing.Rules] {
	x := newHostIndex[*routing.Rules]()
	for _, v := range list {
		for _, h := range v.Hosts {
			if _, taken := x.at(h.Name); !taken {
				x.put(h.Name, v)
			}
		}
	}
	return x
}

// egress computes a listener for proxies of a namespace.
func (m *Mesh) egress(namespace string, spec *networking.IstioEgressListener, field string) *EgressListener {
	hosts := []string{"*/*"}
	if spec != nil {
		hosts = spec.Hosts
	}
	in := readImports(hosts, namespace)
	l := newListener(spec, field, nil, in.virtualServices(m.virtualServices.to(namespace, MeshGateway)))
	candidates := m.VisibleTo(namespace)
	if in.exactOnly {
		candidates = m.exactly(in, namespace)
	}
	l.Services = oneNamespace(in.services(candidates, l), namespace)
	return l
}

func newListener(spec *networking.IstioEgressListener, field string, services []*Service, rules []*routing.Rules) *EgressListener {
	return &EgressListener{Spec: spec, Field: field, Services: services, VirtualServices: rules,
		specific: sync.OnceValue(func() *hostIndex[*routing.Rules] { return byHost(rules) })}
}

// imports are the hosts of an egress listener by namespace.
type imports struct {
	from      map[string]*importedHosts
	exactOnly bool // no wildcard in any namespace or host
}

// importedHosts are what is imported from one namespace.
type importedHosts struct {
	exact    map[string]bool
	wild     []string
	excluded []string
}

func readImports(hosts []string, namespace string) imports {
	in := imports{from: map[string]*importedHosts{}, exactOnly: true}
	for _, h := range hosts {
		ns, name, ok := strings.Cut(h, "/")
		if !ok || strings.Contains(name, "/") {
			continue // refused by validation
		}
		ns, excluded := strings.CutPrefix(ns, "~")
		switch {
		case excluded && ns == "":
			ns = "*"
		case ns == ".":
			ns = namespace
		}
		in.add(ns, name, excluded)
	}
	return in
}

func (in *imports) add(ns, name string, excluded bool) {
	at := in.from[ns]
	if at == nil {
		at = &importedHosts{exact: map[string]bool{}}
		in.from[ns] = at
	}
	switch {
	case excluded:
		at.excluded = append(at.excluded, name)
		return
	case IsWildcard(name):
		at.wild = append(at.wild, name)
	default:
		at.exact[name] = true
	}
	in.exactOnly = in.exactOnly && !IsWildcard(name) && ns != "*"
}

// matches reports whether a service's host is imported.
func (h *importedHosts) matches(host string) bool {
	return h != nil && (h.exact[host] || coveredBy(h.wild, host))
}

// touches reports whether a host of a VirtualService has a name in common with what is imported.
func (h *importedHosts) touches(host string) bool {
	if h == nil {
		return false
	}
	overlaps := func(imported string) bool { return Overlap(host, imported) }
	if h.exact[host] || slices.ContainsFunc(h.wild, overlaps) {
		return true
	}
	return IsWildcard(host) && slices.ContainsFunc(slices.Collect(maps.Keys(h.exact)), overlaps)
}

func (h *importedHosts) excludes(host string) bool { return h != nil && coveredBy(h.excluded, host) }

func coveredBy(list []string, host string) bool {
	return slices.ContainsFunc(list, func(wide string) bool { return Covers(wide, host) })
}

// virtualServices returns those VirtualServices that have a host which is imported.
func (in imports) virtualServices(list []*routing.Rules) []*routing.Rules {
	return slices.DeleteFunc(list, func(v *routing.Rules) bool {
		home, all := in.from[v.Object.Namespace], in.from["*"]
		return !slices.ContainsFunc(v.Hosts, func(h routing.Host) bool {
			return (home.touches(h.Name) || all.touches(h.Name)) && !home.excludes(h.Name) && !all.excludes(h.Name)
		})
	})
}

// services returns those services whose host is imported, cut down to the listener's port.
func (in imports) services(list []*Service, l *EgressListener) []*Service {
	var out []*Service
	for _, s := range list {
		home, all := in.from[s.Namespace], in.from["*"]
		if home.excludes(s.Host) || all.excludes(s.Host) {
			continue
		}
		for _, h := range []*importedHosts{home, all} {
			if !h.matches(s.Host) {
				continue
			}
			if kept := l.onPort(s); kept != nil {
				out = append(out, withAliases(kept, h))
				break
			}
		}
	}
	return out
}

// withAliases returns the service with those aliases that are imported.
func withAliases(s *Service, h *importedHosts) *Service {
	if !slices.ContainsFunc(s.Aliases, func(a string) bool { return !h.matches(a) }) {
		return s
	}
	copied := *s
	copied.Aliases = slices.DeleteFunc(slices.Clone(s.Aliases), func(a string) bool { return !h.matches(a) })
	return &copied
}

// exactly returns the visible services of imports without any wildcard, by age: the one that owns the host in each
// namespace named.
func (m *Mesh) exactly(in imports, namespace string) []*Service {
	var out []*Service
	for ns, hosts := range in.from {
		for host := range hosts.exact {
			if s := m.Owner(host, ns); s != nil && s.VisibleIn(namespace) {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, registry.CompareServices)
	return out
}

// oneNamespace leaves each host to the services of one namespace: the proxy's own, else a namespace with a Kubernetes
// Service of that host, else that of the oldest.
func oneNamespace(list []*Service, own string) []*Service {
	chosen := make(map[string]*Service, len(list))
	for _, s := range list {
		now := chosen[s.Host]
		if now == nil || s.Namespace == own || now.Namespace != own && s.Kubernetes() && !now.Kubernetes() {
			chosen[s.Host] = s
		}
	}
	return slices.DeleteFunc(list, func(s *Service) bool { return chosen[s.Host].Namespace != s.Namespace })
}

// egressListeners computes the listeners of a Sidecar, or the one that stands in where there is none.
func (m *Mesh) egressListeners(namespace string, sidecar *config.Object) []*EgressListener {
	var listed []*networking.IstioEgressListener
	if sidecar != nil {
		listed = config.Spec[*networking.Sidecar](sidecar).GetEgress()
	}
	if len(listed) == 0 {
		return []*EgressListener{m.egress(namespace, nil, "")}
	}
	out := make([]*EgressListener, 0, len(listed))
	for i, spec := range listed {
		out = append(out, m.egress(namespace, spec, source.Index("spec.egress", i)))
	}
	return out
}
