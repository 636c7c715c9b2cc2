package pipeline

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// The directions of traffic through a proxy that two worlds are compared in.
const (
	Outbound = "outbound"
	Inbound  = "inbound"
	Gateway  = "gateway"
)

// A Class is proxies that answer the requests of one direction alike, in each of two worlds.
type Class struct {
	Proxy     simulate.Proxy // one of them
	Direction string
	Members   []string // all of them, as NAMESPACE/NAME
}

// Classes returns the proxies that two worlds have in common: the sidecars that each world tells to send traffic alike, a
// client of each namespace without workloads, what each workload receives, and each gateway. What only one of the worlds
// has is left out.
func Classes(old, new *World) ([]Class, error) {
	var out []Class
	before := old.proxies()
	for _, p := range new.proxies() {
		if !slices.ContainsFunc(before, func(q simulate.Proxy) bool { return same(p, q) }) {
			continue
		}
		if p.Type == Gateway {
			out = append(out, Class{p, Gateway, []string{p.Namespace + "/" + p.Name}})
			continue
		}
		if p.Name != nobody {
			out = append(out, Class{p, Inbound, []string{p.Namespace + "/" + p.Name}})
		}
		out = append(out, Class{p, Outbound, []string{p.Namespace + "/" + p.Name}})
	}
	return joined(out, old, new)
}

// Unshared returns the proxies that only one of two worlds has, which [Classes] leaves out: a workload that is new or removed,
// or that has a sidecar on one side only. A client that stands for a namespace without workloads is not among them.
func Unshared(old, new *World) (removed, added []Class) {
	before, after := old.proxies(), new.proxies()
	return without(before, after), without(after, before)
}

// without returns the proxies of one list that another does not have.
func without(all, others []simulate.Proxy) []Class {
	var out []Class
	for _, p := range all {
		if p.Name != nobody && !slices.ContainsFunc(others, func(q simulate.Proxy) bool { return same(p, q) }) {
			direction := Outbound
			if p.Type == Gateway {
				direction = Gateway
			}
			out = append(out, Class{p, direction, []string{p.Namespace + "/" + p.Name}})
		}
	}
	return out
}

func same(p, q simulate.Proxy) bool {
	return p.Type == q.Type && p.Namespace == q.Namespace && p.Name == q.Name
}

// joined puts together the classes of sidecars that are told to send traffic alike.
func joined(all []Class, worlds ...*World) ([]Class, error) {
	var out []Class
	at := map[string]int{}
	kinds := make([]outboundKinds, len(worlds))
	for _, c := range all {
		key := ""
		for i, w := range worlds {
			e, err := w.engines.of(c.Proxy)
			if err != nil {
				return nil, err
			}
			if c.Direction == Outbound {
				key += kinds[i].of(e) + "\x00"
			}
		}
		i, ok := at[key]
		if !ok || c.Direction != Outbound {
			at[key] = len(out)
			out = append(out, c)
			continue
		}
		out[i].Members = append(out[i].Members, c.Members...)
	}
	return out, nil
}

// proxies are the proxies of a world, and a client of each namespace that has none.
func (w *World) proxies() []simulate.Proxy {
	var out []simulate.Proxy
	settled := map[string]bool{}
	add := func(kind, namespace, name string) {
		p := simulate.Proxy{Type: kind, Namespace: namespace, Name: name}
		if _, without := w.bare(simulate.Call{Proxy: p}); !without && !slices.ContainsFunc(out, func(q simulate.Proxy) bool { return same(p, q) }) {
			out = append(out, p)
		}
	}
	gateways := w.Gateways()
	for _, o := range gateways {
		add(Gateway, o.Namespace, o.Name)
	}
	for _, p := range w.absentGateways() {
		if !slices.ContainsFunc(out, func(q simulate.Proxy) bool { return same(p, q) }) {
			out = append(out, p)
		}
	}
	for _, o := range w.Workloads() {
		if !slices.Contains(gateways, o) {
			settled[o.Namespace] = true
			add("sidecar", o.Namespace, o.Name)
		}
	}
	for _, ns := range w.Mesh.Namespaces() {
		if !settled[ns] {
			add("sidecar", ns, nobody)
		}
	}
	slices.SortFunc(out, func(a, b simulate.Proxy) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// ResourcesOf returns what a class runs for its direction.
func (w *World) ResourcesOf(c Class) (*envoy.Snapshot, error) {
	r, err := w.Compile(c.Proxy)
	if err != nil {
		return nil, err
	}
	return directed(r.Resources(), c.Direction), nil
}

// directed are resources with the listeners for one direction alone.
func directed(s *envoy.Snapshot, direction string) *envoy.Snapshot {
	if direction == Gateway {
		return s
	}
	out := *s
	out.Listeners = slices.DeleteFunc(slices.Clone(s.Listeners), func(l *listenerv3.Listener) bool {
		return (l.GetTrafficDirection() == corev3.TrafficDirection_INBOUND) != (direction == Inbound)
	})
	return &out
}

// absentGateways returns a proxy for each selector of a Gateway that selects no workload of the input: a gateway is often
// installed from elsewhere. It is taken to run in the namespace of the Gateway and in the root namespace.
func (w *World) absentGateways() []simulate.Proxy {
	var out []simulate.Proxy
	for _, o := range w.Mesh.Objects("Gateway") {
		selector := config.Spec[*networking.Gateway](o).GetSelector()
		if len(selector) == 0 || len(w.given(w.Mesh.Selected("", selector))) > 0 {
			continue
		}
		var values []string
		for _, key := range slices.Sorted(maps.Keys(selector)) {
			values = append(values, selector[key])
		}
		for _, namespace := range []string{o.Namespace, w.Mesh.Settings.Config.GetRootNamespace()} {
			out = append(out, simulate.Proxy{Type: Gateway, Namespace: namespace, Name: strings.Join(values, "-"), Labels: selector})
		}
	}
	return out
}
