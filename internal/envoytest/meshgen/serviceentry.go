package meshgen

import (
	"fmt"
	"slices"
)

// Hosts outside of the mesh, and ports that entries give them.
var (
	outside   = []string{"api.partner.example.com", "www.example.com", "cdn.example.org", "db.internal.net", "auth.example.org"}
	wildcards = []string{"*.example.com", "*.example.org", "*.partner.example.com"}

	entryPorts = []port{
		{80, "HTTP"}, {8080, "HTTP"}, {443, "HTTPS"}, {443, "TLS"}, {9000, "TCP"}, {7070, "GRPC"}, {8082, "HTTP2"},
		{9090, ""}, {6379, "Redis"}, {27017, "Mongo"}, {3306, "MySQL"}, {8088, "HTTP_PROXY"},
	}
)

// entries adds ServiceEntries and the machines behind some of them.
func (g *generator) entries() {
	for range 1 + g.N(4) {
		g.serviceEntry(pick(g.dice, "NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"))
	}
}

func (g *generator) serviceEntry(resolution string) {
	namespace := g.team()
	spec := tree{"resolution": resolution}
	ports := g.entryPorts(resolution)
	names := some(g.dice, 1, 2, outside...)
	switch resolution {
	case "DYNAMIC_DNS":
		names = some(g.dice, 1, 1, wildcards...)
		spec["location"] = pick(g.dice, "MESH_EXTERNAL", "MESH_INTERNAL")
	case "NONE":
		names = append(names, some(g.dice, 0, 1, wildcards...)...)
		g.maybe(spec, 30, "addresses", func() any { return list(g.literal(pick(g.dice, "203.0.113.0/24", "198.51.100.7"), "2001:db8:50::/64")) })
	case "STATIC":
		names = append(names, some(g.dice, 0, 1, wildcards...)...)
		g.maybe(spec, 50, "addresses", func() any {
			return list(g.literal(pick(g.dice, "10.50.0.0/16", "10.60.1.2"), pick(g.dice, "2001:db8::7", "2001:db8::/64")))
		})
		g.static(namespace, spec, ports)
	default:
		g.maybe(spec, 30, "addresses", func() any { return list(g.addresses("10.70.0.%d", "2001:db8:70::%d", 1+g.N(9))...) })
		g.maybe(spec, 50, "endpoints", func() any { return g.resolved(resolution, ports) })
	}
	if resolution != "NONE" && slices.ContainsFunc(ports, opaque) {
		names = names[:1] // connections could not be told apart
	}
	spec["hosts"] = list(names...)
	spec["ports"] = g.entryPortList(ports)
	if resolution != "DYNAMIC_DNS" {
		g.maybe(spec, 60, "location", func() any { return pick(g.dice, "MESH_EXTERNAL", "MESH_INTERNAL") })
	}
	g.maybe(spec, 15, "subjectAltNames", func() any { return list("spiffe://cluster.local/ns/shop/sa/web") })
	g.exported(spec)
	g.rule(networking, "ServiceEntry", namespace, spec)
	for _, name := range names {
		g.hosts = append(g.hosts, host{name: name, namespace: namespace, ports: ports})
	}
}

// opaque reports whether a port tells nobody which host is called.
func opaque(p port) bool {
	return !slices.Contains([]string{"HTTP", "HTTP2", "GRPC", "HTTP_PROXY", "HTTPS", "TLS"}, p.protocol)
}

func (d dice) entryPorts(resolution string) []port {
	from := entryPorts
	if resolution == "DYNAMIC_DNS" {
		from = []port{{80, "HTTP"}, {443, "TLS"}, {7070, "GRPC"}, {8082, "HTTP2"}}
	}
	seen := map[int]bool{}
	return slices.DeleteFunc(some(d, 1, 3, from...), func(p port) bool {
		was := seen[p.number]
		seen[p.number] = true
		return was
	})
}

func (d dice) entryPortList(ports []port) []any {
	var out []any
	for _, p := range ports {
		t := tree{"number": p.number, "name": portName(p)}
		if p.protocol != "" {
			t["protocol"] = p.protocol
		}
		d.maybe(t, 20, "targetPort", func() any { return p.number + 1000 })
		out = append(out, t)
	}
	return out
}

func portName(p port) string { return fmt.Sprintf("p-%d", p.number) }

// static gives an entry its endpoints: addresses, a Unix socket, or workloads by their labels.
func (g *generator) static(namespace string, spec tree, ports []port) {
	switch {
	case g.chance(30):
		app := pick(g.dice, apps...)
		spec["workloadSelector"] = tree{"labels": tree{"app": app}}
		for range g.N(3) {
			g.workloadEntry(namespace, app)
		}
	case g.chance(10) && len(ports) == 1:
		spec["endpoints"] = list(tree{"address": "unix:///var/run/" + ports[0].protocol + ".sock"})
	default:
		spec["endpoints"] = many(g.N(4), func() tree {
			return g.endpoint(g.literal(fmt.Sprintf("10.80.%d.%d", g.N(3), 1+g.N(9)), fmt.Sprintf("fd00:80::%d", 1+g.N(9))), ports)
		})
	}
}

// resolved are endpoints that DNS finds.
func (g *generator) resolved(resolution string, ports []port) []any {
	most := 3
	if resolution == "DNS_ROUND_ROBIN" {
		most = 1
	}
	return many(1+g.N(most), func() tree {
		return g.endpoint(pick(g.dice, "one.backend.example.net", "two.backend.example.net", "10.80.9.9"), ports)
	})
}

func (g *generator) endpoint(address string, ports []port) tree {
	t := tree{"address": address}
	g.network(t, "network")
	g.maybe(t, 30, "ports", func() any { return tree{portName(pick(g.dice, ports...)): 5000 + g.N(3)} })
	g.maybe(t, 40, "labels", func() any {
		labels := tree{"version": pick(g.dice, versions...)}
		if g.chance(30) {
			labels["security.istio.io/tlsMode"] = "istio"
		}
		return labels
	})
	g.maybe(t, 30, "locality", func() any { return pick(g.dice, "eu/west/a", "us/west/c", "eu/east") })
	g.maybe(t, 30, "weight", func() any { return 1 + g.N(5) })
	g.maybe(t, 20, "serviceAccount", func() any { return "spiffe://cluster.local/ns/shop/sa/web" })
	return t
}
