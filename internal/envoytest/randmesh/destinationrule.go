package randmesh

// destinationRule adds a rule for a host, or for a wildcard that covers some.
func (g *generator) destinationRule() {
	h, namespace := g.known(), g.team()
	if g.chance(50) && h.namespace != "" {
		namespace = h.namespace
	}
	spec := tree{"host": g.called(h, namespace)}
	if g.chance(10) {
		spec["host"] = pick(g.dice, "*.shop.svc.cluster.local", "*.example.com", "*.local")
	}
	g.maybe(spec, 75, "trafficPolicy", func() any { return g.trafficPolicy(h, true) })
	g.maybe(spec, 60, "subsets", func() any { return g.subsets(h) })
	if g.chance(10) {
		spec["workloadSelector"] = tree{"matchLabels": g.appLabels()}
	} else {
		g.exported(spec)
	}
	g.rule(networking, "DestinationRule", namespace, spec)
}

func (g *generator) subsets(h host) []any {
	var out []any
	for _, v := range some(g.dice, 1, 2, versions...) {
		s := tree{"name": v}
		g.maybe(s, 85, "labels", func() any { return tree{"version": v} })
		g.maybe(s, 40, "trafficPolicy", func() any { return g.trafficPolicy(h, g.chance(30)) })
		out = append(out, s)
	}
	return out
}

// trafficPolicy is the policy of a rule or subset. Both kinds may say something of single ports. None has tunnels, which
// now and then end Envoy itself, and with it the calls of everything else.
func (g *generator) trafficPolicy(h host, withPorts bool) tree {
	t := tree{}
	g.portPolicy(t)
	if withPorts && g.chance(35) {
		t["portLevelSettings"] = g.portLevels(h)
	}
	g.maybe(t, 6, "proxyProtocol", func() any { return tree{"version": pick(g.dice, "V1", "V2")} })
	g.maybe(t, 8, "retryBudget", func() any { return tree{"percent": 25, "minRetryConcurrency": 2} })
	return t
}

func (g *generator) portLevels(h host) []any {
	var out []any
	for _, p := range some(g.dice, 1, 2, h.ports...) {
		t := tree{"port": tree{"number": p.number}}
		g.portPolicy(t)
		out = append(out, t)
	}
	return out
}

// portPolicy sets at least one of what can be said of a port.
func (g *generator) portPolicy(t tree) {
	parts := map[string]func() any{
		"tls":              func() any { return g.clientTLS() },
		"loadBalancer":     func() any { return g.loadBalancer() },
		"connectionPool":   func() any { return g.connectionPool() },
		"outlierDetection": func() any { return g.outlierDetection() },
	}
	for _, name := range some(g.dice, 1, 3, sorted(parts)...) {
		t[name] = parts[name]()
	}
}

func (g *generator) clientTLS() tree {
	t := tree{"mode": pick(g.dice, "DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL", "SIMPLE", "ISTIO_MUTUAL")}
	switch t["mode"] {
	case "DISABLE":
		return t
	case "MUTUAL":
		t["clientCertificate"], t["privateKey"] = "/etc/certs/client.pem", "/etc/certs/client.key"
	}
	if t["mode"] != "ISTIO_MUTUAL" && g.chance(8) {
		delete(t, "clientCertificate")
		delete(t, "privateKey")
		t["credentialName"] = "client-cert"
		return t
	}
	g.maybe(t, 50, "sni", func() any { return pick(g.dice, "sni.example.com", "other.example.org") })
	if t["mode"] == "ISTIO_MUTUAL" {
		return t
	}
	switch {
	case g.chance(15):
		t["insecureSkipVerify"] = true
		return t
	case g.chance(50):
		t["caCertificates"] = pick(g.dice, "/etc/certs/ca.pem", "system")
	}
	g.maybe(t, 40, "subjectAltNames", func() any { return list("www.example.com") })
	return t
}

func (g *generator) loadBalancer() tree {
	t := tree{}
	switch g.N(3) {
	case 0:
		t["simple"] = pick(g.dice, "ROUND_ROBIN", "LEAST_REQUEST", "RANDOM", "PASSTHROUGH", "LEAST_CONN", "UNSPECIFIED")
	case 1:
		t["consistentHash"] = g.consistentHash()
	}
	switch {
	case g.chance(30):
		t["localityLbSetting"] = g.localities()
	case t["simple"] == "ROUND_ROBIN" && g.chance(30):
		t["warmup"] = tree{"duration": "10s", "minimumPercent": 20, "aggression": 1.5}
	}
	if len(t) == 0 {
		t["simple"] = "RANDOM"
	}
	return t
}

func (g *generator) consistentHash() tree {
	t := tree{}
	g.one(t, map[string]func() any{
		"httpHeaderName":         func() any { return pick(g.dice, "x-user", "X-User", "user-agent") },
		"httpQueryParameterName": func() any { return "user" },
		"useSourceIp":            func() any { return true },
		"httpCookie":             func() any { return g.hashCookie() },
	}, "httpHeaderName", "httpQueryParameterName", "useSourceIp", "httpCookie")
	switch g.N(4) {
	case 0:
		t["ringHash"] = tree{"minimumRingSize": 512}
	case 1:
		t["maglev"] = tree{"tableSize": 251}
	case 2:
		g.maybe(t, 50, "minimumRingSize", func() any { return 256 })
	}
	return t
}

// hashCookie is one that the proxy sets where it has a lifetime, and only reads where it has none.
func (g *generator) hashCookie() tree {
	t := tree{"name": "session"}
	g.maybe(t, 70, "ttl", func() any { return pick(g.dice, "0s", "60s") })
	g.maybe(t, 50, "path", func() any { return "/" })
	g.maybe(t, 20, "attributes", func() any { return list(tree{"name": "SameSite", "value": "Strict"}) })
	return t
}

func (g *generator) localities() tree {
	switch g.N(4) {
	case 0:
		return tree{"distribute": list(tree{"from": pick(g.dice, "eu/*", "*", "eu/west/*"), "to": tree{"eu/west/*": 70, "us/west/*": 30}})}
	case 1:
		return tree{"failover": list(tree{"from": "eu", "to": "us"})}
	case 2:
		return tree{"failoverPriority": some(g.dice, 1, 2, "topology.kubernetes.io/region", "version", "topology.istio.io/network")}
	}
	return tree{"enabled": g.chance(50)}
}

func (g *generator) connectionPool() tree {
	t := tree{}
	if g.chance(60) {
		http := tree{}
		g.maybe(http, 40, "h2UpgradePolicy", func() any { return pick(g.dice, "UPGRADE", "DO_NOT_UPGRADE", "DEFAULT") })
		if http["h2UpgradePolicy"] != "UPGRADE" {
			g.maybe(http, 30, "useClientProtocol", func() any { return true })
		}
		g.maybe(http, 30, "http1MaxPendingRequests", func() any { return 10 + g.N(90) })
		g.maybe(http, 30, "http2MaxRequests", func() any { return 10 + g.N(90) })
		g.maybe(http, 30, "maxRequestsPerConnection", func() any { return 1 + g.N(9) })
		g.maybe(http, 30, "maxRetries", func() any { return 1 + g.N(9) })
		g.maybe(http, 30, "idleTimeout", func() any { return "90s" })
		t["http"] = http
	}
	if len(t) == 0 || g.chance(50) {
		tcp := tree{}
		g.maybe(tcp, 50, "maxConnections", func() any { return 10 + g.N(90) })
		g.maybe(tcp, 50, "connectTimeout", func() any { return "2s" })
		g.maybe(tcp, 30, "tcpKeepalive", func() any { return tree{"probes": 3, "time": "75s", "interval": "10s"} })
		g.maybe(tcp, 30, "idleTimeout", func() any { return pick(g.dice, "0s", "120s") })
		t["tcp"] = tcp
	}
	return t
}

func (g *generator) outlierDetection() tree {
	t := tree{}
	g.maybe(t, 60, "consecutive5xxErrors", func() any { return g.N(8) })
	g.maybe(t, 30, "consecutiveGatewayErrors", func() any { return g.N(8) })
	g.maybe(t, 40, "interval", func() any { return "5s" })
	g.maybe(t, 40, "baseEjectionTime", func() any { return "30s" })
	g.maybe(t, 40, "maxEjectionPercent", func() any { return g.N(101) })
	g.maybe(t, 40, "minHealthPercent", func() any { return g.N(101) })
	return t
}
