package meshgen

import (
	"fmt"
	"slices"

	"sem.example/internal/mesh"
)

// virtualService adds routes for one host or two, on sidecars, gateways or both.
func (g *generator) virtualService() {
	namespace := g.team()
	v := &virtualService{generator: g, values: httpValues{g.dice}, namespace: namespace, hosts: some(g.dice, 1, 2, g.hosts...)}
	spec := tree{}
	names := v.names()
	if gateways := v.gateways(); len(gateways) > 0 {
		spec["gateways"] = list(gateways...)
	}
	spec["hosts"] = list(names...)
	parts := map[string]func() any{
		"http": func() any { return v.http() },
		"tls":  func() any { return v.tls(names) },
		"tcp":  func() any { return many(1+g.N(2), v.tcp) },
	}
	for _, name := range some(g.dice, 1, 2, "http", "tls", "tcp") {
		if g.chance(50) {
			name = "http"
		}
		spec[name] = parts[name]()
	}
	g.exported(spec)
	g.rule(networking, "VirtualService", namespace, spec)
}

// A virtualService is what the routes of one have in common.
type virtualService struct {
	*generator
	values    httpValues
	namespace string
	hosts     []host
	bound     []string // the gateways that it names
	delegated bool     // it has no hosts, and others delegate to it
}

// names are the hosts of the document. Some are of a gateway only, and some cover others.
func (v *virtualService) names() []string {
	var out []string
	for _, h := range v.hosts {
		out = append(out, v.called(h, v.namespace))
	}
	if v.chance(10) {
		out = append(out, pick(v.dice, "*.example.com", "unknown.example.net", "*.shop.svc.cluster.local"))
	}
	for i := len(out) - 1; i > 0; i-- {
		if slices.ContainsFunc(out[:i], func(other string) bool { return v.overlap(out[i], other) }) {
			out = slices.Delete(out, i, i+1)
		}
	}
	return out
}

// overlap reports whether some name is covered by both hosts, which one document must not have.
func (v *virtualService) overlap(a, b string) bool {
	full := func(name string) string { return mesh.FullHost(name, v.namespace, "cluster.local") }
	return mesh.Overlap(full(a), full(b))
}

func (v *virtualService) gateways() []string {
	if len(v.gatewayNames) == 0 || v.chance(55) {
		return nil
	}
	d := pick(v.dice, v.gatewayNames...)
	v.bound = []string{d.namespace + "/" + d.name}
	if v.chance(40) {
		v.bound = append(v.bound, "mesh")
	}
	if v.chance(5) {
		v.bound = append(v.bound, "absent")
	}
	return v.bound
}

func (v *virtualService) http() []any {
	out := many(1+v.N(3), func() tree { return v.httpRoute(true) })
	if v.chance(70) {
		out = append(out, v.httpRoute(false))
	}
	for i, r := range out {
		v.maybe(r.(tree), 40, "name", func() any { return fmt.Sprintf("route-%d", i) })
	}
	return out
}

// destination is where a route leads: mostly to a host of the document, now and then nowhere.
func (v *virtualService) destination() tree {
	h := pick(v.dice, v.hosts...)
	if v.chance(30) {
		h = v.known()
	}
	t := tree{"host": v.below(v.called(h, v.namespace))}
	if v.chance(4) {
		t["host"] = "absent.example.net"
	}
	v.maybe(t, 25, "subset", func() any { return pick(v.dice, versions...) })
	if len(h.ports) > 1 || v.chance(30) {
		number := pick(v.dice, h.ports...).number
		if v.chance(4) {
			number++
		}
		t["port"] = tree{"number": number}
	}
	return t
}

// weighted are the destinations of one route.
func (v *virtualService) weighted(more func(tree)) []any {
	n := pick(v.dice, 1, 1, 1, 2, 3)
	return many(n, func() tree {
		t := tree{"destination": v.destination()}
		if n > 1 {
			t["weight"] = pick(v.dice, 10, 50, 90, 1)
		}
		more(t)
		return t
	})
}

func (v *virtualService) tls(names []string) []any {
	return many(1+v.N(2), func() tree {
		match := tree{"sniHosts": list(v.below(pick(v.dice, names...)))}
		v.connection(match)
		return tree{"match": list(match), "route": v.weighted(func(tree) {})}
	})
}

func (v *virtualService) tcp() tree {
	t := tree{"route": v.weighted(func(tree) {})}
	v.maybe(t, 60, "match", func() any {
		match := tree{}
		v.connection(match)
		return list(match)
	})
	return t
}

// connection sets conditions that routes of all protocols know but for HTTP.
func (v *virtualService) connection(match tree) {
	v.maybe(match, 20, "destinationSubnets", func() any {
		return list(pick(v.dice, "10.50.0.0/16", "203.0.113.0/25", "198.51.100.7", "2001:db8::/64"))
	})
	v.client(match)
}

// client sets conditions on the client and the port, which routes of all protocols know.
func (v *virtualService) client(match tree) {
	v.maybe(match, 20, "port", func() any { return pick(v.dice, pick(v.dice, v.hosts...).ports...).number })
	v.maybe(match, 10, "sourceLabels", func() any { return v.appLabels() })
	v.maybe(match, 8, "sourceNamespace", func() any { return pick(v.dice, teams...) })
	if len(v.bound) > 0 {
		v.maybe(match, 15, "gateways", func() any { return list(pick(v.dice, v.bound...)) })
	}
}
