package meshgen

// policies are traffic policies and their parts.
type policies struct{ dice }

// trafficPolicy is the policy of a rule or subset. Both kinds may say something of single ports. None has tunnels, which
// now and then end Envoy itself, and with it the calls of everything else.
func (p policies) trafficPolicy(h host, withPorts bool) tree {
	t := tree{}
	p.portPolicy(t)
	if withPorts && p.chance(35) {
		t["portLevelSettings"] = p.portLevels(h)
	}
	p.maybe(t, 6, "proxyProtocol", func() any { return tree{"version": pick(p.dice, "V1", "V2")} })
	p.maybe(t, 8, "retryBudget", func() any { return tree{"percent": 25, "minRetryConcurrency": 2} })
	return t
}

func (p policies) portLevels(h host) []any {
	var out []any
	for _, of := range some(p.dice, 1, 2, h.ports...) {
		t := tree{"port": tree{"number": of.number}}
		p.portPolicy(t)
		out = append(out, t)
	}
	return out
}

// portPolicy sets at least one of what can be said of a port.
func (p policies) portPolicy(t tree) {
	parts := map[string]func() any{
		"tls":              func() any { return p.clientTLS() },
		"loadBalancer":     func() any { return p.loadBalancer() },
		"connectionPool":   func() any { return p.connectionPool() },
		"outlierDetection": func() any { return p.outlierDetection() },
	}
	for _, name := range some(p.dice, 1, 3, sorted(parts)...) {
		t[name] = parts[name]()
	}
}

func (p policies) clientTLS() tree {
	t := tree{"mode": pick(p.dice, "DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL", "SIMPLE", "ISTIO_MUTUAL")}
	switch t["mode"] {
	case "DISABLE":
		return t
	case "MUTUAL":
		t["clientCertificate"], t["privateKey"] = "/etc/certs/client.pem", "/etc/certs/client.key"
	}
	if t["mode"] != "ISTIO_MUTUAL" && p.chance(8) {
		delete(t, "clientCertificate")
		delete(t, "privateKey")
		t["credentialName"] = "client-cert"
		return t
	}
	p.maybe(t, 50, "sni", func() any { return pick(p.dice, "sni.example.com", "other.example.org") })
	if t["mode"] == "ISTIO_MUTUAL" {
		return t
	}
	switch {
	case p.chance(15):
		t["insecureSkipVerify"] = true
		return t
	case p.chance(50):
		t["caCertificates"] = pick(p.dice, "/etc/certs/ca.pem", "system")
	}
	p.maybe(t, 40, "subjectAltNames", func() any { return list("www.example.com") })
	return t
}

func (p policies) loadBalancer() tree {
	t := tree{}
	switch p.N(3) {
	case 0:
		t["simple"] = pick(p.dice, "ROUND_ROBIN", "LEAST_REQUEST", "RANDOM", "PASSTHROUGH", "LEAST_CONN", "UNSPECIFIED")
	case 1:
		t["consistentHash"] = p.consistentHash()
	}
	switch {
	case p.chance(30):
		t["localityLbSetting"] = p.localities()
	case t["simple"] == "ROUND_ROBIN" && p.chance(30):
		t["warmup"] = tree{"duration": "10s", "minimumPercent": 20, "aggression": 1.5}
	}
	if len(t) == 0 {
		t["simple"] = "RANDOM"
	}
	return t
}

func (p policies) consistentHash() tree {
	t := tree{}
	p.one(t, map[string]func() any{
		"httpHeaderName":         func() any { return pick(p.dice, "x-user", "X-User", "user-agent") },
		"httpQueryParameterName": func() any { return "user" },
		"useSourceIp":            func() any { return true },
		"httpCookie":             func() any { return p.hashCookie() },
	}, "httpHeaderName", "httpQueryParameterName", "useSourceIp", "httpCookie")
	switch p.N(4) {
	case 0:
		t["ringHash"] = tree{"minimumRingSize": 512}
	case 1:
		t["maglev"] = tree{"tableSize": 251}
	case 2:
		p.maybe(t, 50, "minimumRingSize", func() any { return 256 })
	}
	return t
}

// hashCookie is one that the proxy sets where it has a lifetime, and only reads where it has none.
func (p policies) hashCookie() tree {
	t := tree{"name": "session"}
	p.maybe(t, 70, "ttl", func() any { return pick(p.dice, "0s", "60s") })
	p.maybe(t, 50, "path", func() any { return "/" })
	p.maybe(t, 20, "attributes", func() any { return list(tree{"name": "SameSite", "value": "Strict"}) })
	return t
}

func (p policies) localities() tree {
	switch p.N(4) {
	case 0:
		return tree{"distribute": list(tree{"from": pick(p.dice, "eu/*", "*", "eu/west/*"), "to": tree{"eu/west/*": 70, "us/west/*": 30}})}
	case 1:
		return tree{"failover": list(tree{"from": "eu", "to": "us"})}
	case 2:
		return tree{"failoverPriority": some(p.dice, 1, 2, "topology.kubernetes.io/region", "version", "topology.istio.io/network")}
	}
	return tree{"enabled": p.chance(50)}
}

func (p policies) connectionPool() tree {
	t := tree{}
	if p.chance(60) {
		http := tree{}
		p.maybe(http, 40, "h2UpgradePolicy", func() any { return pick(p.dice, "UPGRADE", "DO_NOT_UPGRADE", "DEFAULT") })
		if http["h2UpgradePolicy"] != "UPGRADE" {
			p.maybe(http, 30, "useClientProtocol", func() any { return true })
		}
		p.maybe(http, 30, "http1MaxPendingRequests", func() any { return 10 + p.N(90) })
		p.maybe(http, 30, "http2MaxRequests", func() any { return 10 + p.N(90) })
		p.maybe(http, 30, "maxRequestsPerConnection", func() any { return 1 + p.N(9) })
		p.maybe(http, 30, "maxRetries", func() any { return 1 + p.N(9) })
		p.maybe(http, 30, "idleTimeout", func() any { return "90s" })
		t["http"] = http
	}
	if len(t) == 0 || p.chance(50) {
		tcp := tree{}
		p.maybe(tcp, 50, "maxConnections", func() any { return 10 + p.N(90) })
		p.maybe(tcp, 50, "connectTimeout", func() any { return "2s" })
		p.maybe(tcp, 30, "tcpKeepalive", func() any { return tree{"probes": 3, "time": "75s", "interval": "10s"} })
		p.maybe(tcp, 30, "idleTimeout", func() any { return pick(p.dice, "0s", "120s") })
		t["tcp"] = tcp
	}
	return t
}

func (p policies) outlierDetection() tree {
	t := tree{}
	p.maybe(t, 60, "consecutive5xxErrors", func() any { return p.N(8) })
	p.maybe(t, 30, "consecutiveGatewayErrors", func() any { return p.N(8) })
	p.maybe(t, 40, "interval", func() any { return "5s" })
	p.maybe(t, 40, "baseEjectionTime", func() any { return "30s" })
	p.maybe(t, 40, "maxEjectionPercent", func() any { return p.N(101) })
	p.maybe(t, 40, "minHealthPercent", func() any { return p.N(101) })
	return t
}
