package meshgen

import (
	"fmt"
	"strings"
)

// sidecar adds a Sidecar: of a namespace, of some workloads, or of the mesh.
func (g *generator) sidecar() {
	namespace := g.team()
	spec := tree{}
	if namespace != root && g.chance(50) {
		spec["workloadSelector"] = tree{"labels": g.appLabels()}
	}
	g.maybe(spec, 80, "egress", func() any { return g.egress() })
	if spec["workloadSelector"] != nil {
		g.maybe(spec, 40, "ingress", func() any { return g.ingress() })
	}
	g.maybe(spec, 50, "outboundTrafficPolicy", func() any { return g.unknownHosts() })
	g.maybe(spec, 20, "inboundConnectionPool", func() any { return policies{g.dice}.connectionPool() })
	if len(spec) == 0 || len(spec) == 1 && spec["workloadSelector"] != nil {
		spec["egress"] = g.egress()
	}
	g.rule(networking, "Sidecar", namespace, spec)
}

// unknownHosts returns what happens to calls to hosts that nobody knows.
func (g *generator) unknownHosts() tree {
	t := tree{"mode": pick(g.dice, "REGISTRY_ONLY", "ALLOW_ANY")}
	if h := g.known(); t["mode"] == "ALLOW_ANY" && !strings.HasPrefix(h.name, "*") && g.chance(25) {
		t["egressProxy"] = tree{"host": h.name, "port": tree{"number": pick(g.dice, h.ports...).number}}
	}
	return t
}

// egress are listeners with ports, and last one without.
func (g *generator) egress() []any {
	var out []any
	for _, p := range some(g.dice, 0, 2, 80, 9000, 8443, 3000) {
		l := tree{"port": tree{"number": p, "protocol": protocolOf(p), "name": fmt.Sprintf("e-%d", p)}, "hosts": g.egressHosts()}
		g.maybe(l, 20, "bind", func() any {
			return pick(g.dice, g.literal("127.0.0.1", "::1"), g.literal("0.0.0.0", "::"), "10.96.1.1")
		})
		g.maybe(l, 15, "captureMode", func() any { return pick(g.dice, "IPTABLES", "NONE", "DEFAULT") })
		out = append(out, l)
	}
	if len(out) == 0 || g.chance(75) {
		out = append(out, tree{"hosts": g.egressHosts()})
	}
	return out
}

func protocolOf(number int) string {
	return map[int]string{80: "HTTP", 9000: "TCP", 8443: "TLS", 3000: "HTTP"}[number]
}

func (g *generator) egressHosts() []any {
	return many(1+g.N(3), func() string {
		namespace := pick(g.dice, "*", ".", teams[0], teams[1], "~", root)
		return namespace + "/" + pick(g.dice, "*", "*", g.known().name, "*.example.com")
	})
}

func (g *generator) ingress() []any {
	var out []any
	for _, n := range some(g.dice, 1, 2, 8000, 9090, 443) {
		protocol := pick(g.dice, "HTTP", "TCP", "GRPC", "HTTP2")
		if n == 443 {
			protocol = "HTTPS"
		}
		l := tree{"port": tree{"number": n, "protocol": protocol, "name": fmt.Sprintf("i-%d", n)}}
		g.maybe(l, 70, "defaultEndpoint", func() any {
			return pick(g.dice, g.literal("127.0.0.1:8000", "[::1]:8000"), g.literal("0.0.0.0:8001", "[::]:8001"), "unix:///var/run/app.sock")
		})
		if protocol == "HTTPS" && g.chance(60) {
			l["tls"] = g.ingressTLS()
		}
		g.maybe(l, 15, "bind", func() any { return g.literal("0.0.0.0", "::") })
		g.maybe(l, 10, "captureMode", func() any { return pick(g.dice, "DEFAULT", "IPTABLES", "NONE") })
		g.maybe(l, 15, "connectionPool", func() any { return policies{g.dice}.connectionPool() })
		out = append(out, l)
	}
	return out
}

// ingressTLS is what a sidecar shows to clients outside of the mesh.
func (d dice) ingressTLS() tree {
	t := tree{"mode": pick(d, "SIMPLE", "MUTUAL"), "serverCertificate": "/etc/certs/server.pem", "privateKey": "/etc/certs/server.key"}
	if t["mode"] == "MUTUAL" {
		t["caCertificates"] = "/etc/certs/ca.pem"
	}
	return t
}
