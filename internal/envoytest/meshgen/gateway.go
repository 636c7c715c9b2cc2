package meshgen

import (
	"fmt"

	"sem.example/simulate"
)

// gateways adds, for most meshes, a gateway's workload and what it listens to.
func (g *generator) gateways() {
	if g.chance(35) {
		return
	}
	g.address++
	addresses := g.workloadAddresses()
	labels := tree{"istio": "ingress", "app": "ingress"}
	g.network(labels, networkLabel)
	g.add("v1", "Pod", root, "ingress-0", tree{
		"labels": labels,
		"spec":   tree{"serviceAccountName": "ingress", "containers": list(tree{"name": "istio-proxy", "image": "proxyv2"})},
		"status": podStatus(addresses, true),
	})
	spec := tree{"selector": tree{"istio": "ingress"}, "ports": list(
		tree{"name": "http", "port": 80, "targetPort": pick(g.dice, 80, 8080)},
		tree{"name": "https", "port": 443, "targetPort": pick(g.dice, 443, 8443)},
		tree{"name": "tcp", "port": 9000},
	)}
	g.clusterIPs(spec, g.addresses("10.96.0.%d", "fd00:96::%d", 10))
	g.add("v1", "Service", root, "ingress", tree{"spec": spec})
	g.proxies = append(g.proxies, simulate.Proxy{
		Type: "gateway", Namespace: root, Name: "ingress-0", IPs: addresses, ServiceAccount: "ingress",
		Labels: map[string]string{"istio": "ingress", "app": "ingress"},
	})
	for range 1 + g.N(2) {
		g.gateway()
	}
}

func (g *generator) gateway() {
	namespace := pick(g.dice, root, teams[0])
	d := gatewayName{namespace: namespace, name: fmt.Sprintf("edge-%d", g.N(3))}
	var servers []any
	for _, p := range some(g.dice, 1, 3, port{80, "HTTP"}, port{443, "HTTPS"}, port{443, "TLS"}, port{9000, "TCP"}, port{8080, "HTTP2"}, port{15443, "TLS"}) {
		servers = append(servers, g.server(p, len(servers)))
	}
	if g.add(networking, "Gateway", namespace, d.name, tree{"spec": tree{"selector": tree{"istio": "ingress"}, "servers": servers}}) {
		g.gatewayNames = append(g.gatewayNames, d)
	}
}

func (g *generator) server(p port, i int) tree {
	t := tree{"port": tree{"number": p.number, "name": fmt.Sprintf("s-%d", i), "protocol": p.protocol}}
	t["hosts"] = list(some(g.dice, 1, 2, "*", "www.example.com", "*.example.com", "shop/api.partner.example.com", "./auth.example.org", g.known().name)...)
	switch p.protocol {
	case "HTTPS", "TLS":
		t["tls"] = g.serverTLS(p.protocol)
	case "HTTP":
		g.maybe(t, 20, "tls", func() any { return tree{"httpsRedirect": true} })
	}
	return t
}

func (d dice) serverTLS(protocol string) tree {
	modes := []string{"SIMPLE", "MUTUAL", "ISTIO_MUTUAL", "OPTIONAL_MUTUAL", "SIMPLE"}
	if protocol == "TLS" {
		modes = append(modes, "PASSTHROUGH", "AUTO_PASSTHROUGH")
	}
	t := tree{"mode": pick(d, modes...)}
	switch mode := t["mode"]; mode {
	case "SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL":
		if d.chance(50) {
			t["credentialName"] = "edge-cert"
			break
		}
		t["serverCertificate"], t["privateKey"] = "/etc/certs/server.pem", "/etc/certs/server.key"
		if mode != "SIMPLE" {
			t["caCertificates"] = "/etc/certs/ca.pem"
		}
	}
	d.maybe(t, 20, "minProtocolVersion", func() any { return "TLSV1_2" })
	d.maybe(t, 15, "maxProtocolVersion", func() any { return pick(d, "TLSV1_2", "TLSV1_3") })
	if mode := t["mode"]; mode == "MUTUAL" || mode == "SIMPLE" {
		d.maybe(t, 15, "subjectAltNames", func() any { return list("spiffe://cluster.local/ns/default/sa/test") })
	}
	return t
}
