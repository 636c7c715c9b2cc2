package meshgen

// settings adds, for half of the meshes, the document that sets what holds for a mesh as a whole.
func (g *generator) settings() {
	spec := tree{}
	g.maybe(spec, 50, "meshConfig", func() any { return meshConfigs{g.dice}.meshConfig() })
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

// meshConfigs are settings of the mesh and their parts.
type meshConfigs struct{ dice }

// meshConfig sets some of what changes listeners, routes or clusters.
func (m meshConfigs) meshConfig() tree {
	parts := map[string]func() any{
		"outboundTrafficPolicy": func() any {
			return tree{"mode": pick(m.dice, "REGISTRY_ONLY", "ALLOW_ANY", "REGISTRY_ONLY", "ALLOW_ANY_DYNAMIC_DNS")}
		},
		"inboundTrafficPolicy": func() any { return tree{"mode": pick(m.dice, "LOCALHOST", "PASSTHROUGH")} },
		"pathNormalization": func() any {
			return tree{"normalization": pick(m.dice, "NONE", "BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES")}
		},
		"enableAutoMtls":                 func() any { return m.chance(30) },
		"h2UpgradePolicy":                func() any { return pick(m.dice, "UPGRADE", "DO_NOT_UPGRADE") },
		"trustDomain":                    func() any { return pick(m.dice, "cluster.local", "mesh.example") },
		"trustDomainAliases":             func() any { return list(some(m.dice, 1, 2, "other.example", "cluster.local", "old.example")...) },
		"defaultServiceExportTo":         m.exportTo,
		"defaultVirtualServiceExportTo":  m.exportTo,
		"defaultDestinationRuleExportTo": m.exportTo,
		"localityLbSetting":              func() any { return policies(m).localities() },
		"defaultHttpRetryPolicy":         func() any { return tree{"attempts": m.N(3), "retryOn": "503,connect-failure"} },
		"protocolDetectionTimeout":       func() any { return "0.200s" },
		"connectTimeout":                 func() any { return "3s" },
		"tcpKeepalive":                   func() any { return tree{"probes": 2} },
		"meshMTLS":                       func() any { return tree{"minProtocolVersion": pick(m.dice, "TLSV1_3", "TLSV1_2")} },
		"tlsDefaults":                    func() any { return tree{"ecdhCurves": list("P-256")} },
		"proxyHttpPort":                  func() any { return 15007 },
		"defaultConfig":                  func() any { return m.proxyConfig() },
	}
	t := tree{}
	for _, name := range some(m.dice, 1, 5, m.shuffled(sorted(parts))...) {
		t[name] = parts[name]()
	}
	return t
}

func (m meshConfigs) exportTo() any { return list(pick(m.dice, ".", "*", "*")) }

// proxyConfig returns how gateways take what proxies before them say, and what proxies do to headers of their own.
func (m meshConfigs) proxyConfig() tree {
	t := tree{}
	m.maybe(t, 60, "gatewayTopology", func() any {
		topology := tree{"numTrustedProxies": m.N(3)}
		m.maybe(topology, 50, "forwardClientCertDetails", func() any {
			return pick(m.dice, "SANITIZE", "FORWARD_ONLY", "APPEND_FORWARD", "SANITIZE_SET", "ALWAYS_FORWARD_ONLY")
		})
		return topology
	})
	m.maybe(t, 50, "proxyHeaders", func() any {
		headers := tree{}
		m.maybe(headers, 50, "server", func() any { return tree{"disabled": true} })
		m.maybe(headers, 50, "requestId", func() any { return tree{"disabled": true} })
		m.maybe(headers, 50, "attemptCount", func() any { return tree{"disabled": true} })
		m.maybe(headers, 50, "envoyDebugHeaders", func() any { return tree{"disabled": true} })
		return headers
	})
	return t
}
