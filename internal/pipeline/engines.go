package pipeline

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"sem.example/internal/compile"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
	"sem.example/simulate"
)

// engines are the engines of a mesh that were asked for. They are safe for concurrent use.
type engines struct {
	mesh *mesh.Mesh

	mu     sync.Mutex
	recent []*engine // the one asked for last is the last
	budget budget
	cache  compile.Cache
}

// maxEngines is how many engines are kept. A batch or a folder of tests asks about few proxies, many times each;
// who asks about each proxy of a large mesh once should not hold them all.
const maxEngines = 64

// of returns the proxy's engine, made at the first call for it and again once many others were asked for.
func (s *engines) of(p simulate.Proxy) (*engine, error) {
	key := fmt.Sprintf("%+v", p)
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.recent, func(e *engine) bool { return e.key == key }); i >= 0 {
		e := s.recent[i]
		s.recent = append(slices.Delete(s.recent, i, i+1), e)
		return e, nil
	}
	proxy, err := proxyIn(s.mesh, p)
	if err != nil {
		return nil, err
	}
	view := s.mesh.View(proxy)
	compiler := s.cache.Compiler(view)
	e := &engine{key: key, view: view, unpatched: compiler, compiler: patched(view, compiler)}
	envoy := simulate.Of(EnvoyOf(s.mesh.Settings.Release))
	e.plain, e.why = simulate.New(e.compiler, envoy), simulate.New(e.compiler, envoy, simulate.Why())
	s.recent = append(s.recent, e)
	switch {
	case s.budget.exceeded(liveHeap()):
		s.recent = slices.Delete(s.recent, 0, (len(s.recent)+1)/2)
	case len(s.recent) > maxEngines:
		s.recent = slices.Delete(s.recent, 0, 1)
	}
	return e, nil
}

// EnvoyOf is the Envoy that the proxies of a release run.
func EnvoyOf(r release.Release) simulate.Envoy {
	return simulate.Envoy{JoinsHeaders: !r.Has(release.EachHeaderValue), KnownMethods: !r.Has(release.AnyMethod)}
}

// proxyIn completes what was said of a proxy by what the input knows of its workload.
func proxyIn(m *mesh.Mesh, p simulate.Proxy) (mesh.Proxy, error) {
	said := mesh.Proxy{
		Type: mesh.Sidecar, Namespace: p.Namespace, Name: p.Name, Labels: p.Labels,
		Locality: p.Locality, Network: p.Network, ServiceAccount: p.ServiceAccount, DNSCapture: p.DNSCapture,
		Version: p.Version, Metadata: p.Metadata,
	}
	switch p.Type {
	case "", "sidecar":
	case "gateway", "router":
		said.Type = mesh.Gateway
	default:
		return said, fmt.Errorf("proxy type %q: use sidecar or gateway", p.Type)
	}
	for _, ip := range p.IPs {
		addr, err := netip.ParseAddr(ip)
		if err != nil {
			return said, fmt.Errorf("address %q of proxy %s/%s is not an IP address", ip, p.Namespace, p.Name)
		}
		said.IPs = append(said.IPs, addr)
	}
	completed, _ := m.Proxy(said)
	return completed, nil
}
