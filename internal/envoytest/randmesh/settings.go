package randmesh

import "slices"

// settings adds, for half of the meshes, the document that sets what holds for a mesh as a whole.
func (g *generator) settings() {
	spec := tree{}
	g.maybe(spec, 50, "meshConfig", func() any { return g.meshConfig() })
	if g.networked && g.chance(75) {
		spec["values"] = tree{"global": tree{"meshNetworks": g.meshNetworks()}}
		if spec["meshConfig"] == nil {
			spec["meshConfig"] = tree{"connectTimeout": "10s"} // the networks are looked for beside it
		}
	}
	if g.networked && g.chance(40) {
		g.eastwest()
	}
	if len(spec) > 0 {
		g.add("install.istio.io/v1alpha1", "IstioOperator", root, "mesh", tree{"spec": spec})
	}
}

// meshConfig sets some of what changes listeners, routes or clusters.
func (g *generator) meshConfig() tree {
	parts := map[string]func() any{
		"outboundTrafficPolicy": func() any {
			return tree{"mode": pick(g.dice, "REGISTRY_ONLY", "ALLOW_ANY", "REGISTRY_ONLY", "ALLOW_ANY_DYNAMIC_DNS")}
		},
		"inboundTrafficPolicy": func() any { return tree{"mode": pick(g.dice, "LOCALHOST", "PASSTHROUGH")} },
		"pathNormalization": func() any {
			return tree{"normalization": pick(g.dice, "NONE", "BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES")}
		},
		"enableAutoMtls":                 func() any { return g.chance(30) },
		"h2UpgradePolicy":                func() any { return pick(g.dice, "UPGRADE", "DO_NOT_UPGRADE") },
		"trustDomain":                    func() any { return pick(g.dice, "cluster.local", "mesh.example") },
		"trustDomainAliases":             func() any { return list(some(g.dice, 1, 2, "other.example", "cluster.local", "old.example")...) },
		"defaultServiceExportTo":         g.exportTo,
		"defaultVirtualServiceExportTo":  g.exportTo,
		"defaultDestinationRuleExportTo": g.exportTo,
		"localityLbSetting":              func() any { return g.localities() },
		"defaultHttpRetryPolicy":         func() any { return tree{"attempts": g.N(3), "retryOn": "503,connect-failure"} },
		"protocolDetectionTimeout":       func() any { return "0.200s" },
		"connectTimeout":                 func() any { return "3s" },
		"tcpKeepalive":                   func() any { return tree{"probes": 2} },
		"meshMTLS":                       func() any { return tree{"minProtocolVersion": pick(g.dice, "TLSV1_3", "TLSV1_2")} },
		"tlsDefaults":                    func() any { return tree{"ecdhCurves": list("P-256")} },
		"proxyHttpPort":                  func() any { return 15007 },
		"defaultConfig":                  func() any { return g.proxyConfig() },
	}
	t := tree{}
	for _, name := range some(g.dice, 1, 5, g.shuffled(sorted(parts))...) {
		t[name] = parts[name]()
	}
	return t
}

func (g *generator) exportTo() any { return list(pick(g.dice, ".", "*", "*")) }

// shuffled returns values in any order.
func (g *generator) shuffled(values []string) []string {
	out := slices.Clone(values)
	g.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// proxyConfig says how gateways take what proxies before them say, and what proxies do to headers of their own.
func (g *generator) proxyConfig() tree {
	t := tree{}
	g.maybe(t, 60, "gatewayTopology", func() any {
		topology := tree{"numTrustedProxies": g.N(3)}
		g.maybe(topology, 50, "forwardClientCertDetails", func() any {
			return pick(g.dice, "SANITIZE", "FORWARD_ONLY", "APPEND_FORWARD", "SANITIZE_SET", "ALWAYS_FORWARD_ONLY")
		})
		return topology
	})
	g.maybe(t, 50, "proxyHeaders", func() any {
		headers := tree{}
		g.maybe(headers, 50, "server", func() any { return tree{"disabled": true} })
		g.maybe(headers, 50, "requestId", func() any { return tree{"disabled": true} })
		g.maybe(headers, 50, "attemptCount", func() any { return tree{"disabled": true} })
		g.maybe(headers, 50, "envoyDebugHeaders", func() any { return tree{"disabled": true} })
		return headers
	})
	return t
}
