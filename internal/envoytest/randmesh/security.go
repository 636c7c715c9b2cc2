package randmesh

import "fmt"

// peerAuthentication adds one for the mesh, a namespace or some workloads.
func (g *generator) peerAuthentication() {
	namespace := g.team()
	spec := tree{}
	if namespace != root && g.chance(60) {
		spec["selector"] = tree{"matchLabels": g.appLabels()}
		g.maybe(spec, 50, "portLevelMtls", func() any {
			return tree{fmt.Sprint(pick(g.dice, 8000, 80, 9000, 3000)): tree{"mode": g.mtlsMode()}}
		})
	}
	if spec["portLevelMtls"] == nil || g.chance(70) {
		spec["mtls"] = tree{"mode": g.mtlsMode()}
	}
	g.rule(security, "PeerAuthentication", namespace, spec)
}

func (g *generator) mtlsMode() string {
	return pick(g.dice, "STRICT", "PERMISSIVE", "DISABLE", "UNSET")
}

// authorizationPolicy adds one of an action that needs no other service.
func (g *generator) authorizationPolicy() {
	namespace := g.team()
	spec := tree{"action": pick(g.dice, "ALLOW", "DENY", "ALLOW", "AUDIT")}
	if g.chance(60) {
		labels := g.appLabels()
		if namespace == root {
			labels = tree{"istio": "ingress"}
		}
		spec["selector"] = tree{"matchLabels": labels}
	}
	least := 0
	if spec["action"] == "DENY" {
		least = 1
	}
	if n := least + g.N(3); n > 0 {
		spec["rules"] = many(n, g.authorizationRule)
	}
	g.rule(security, "AuthorizationPolicy", namespace, spec)
}

func (g *generator) authorizationRule() tree {
	t := tree{}
	g.maybe(t, 50, "from", func() any { return many(1+g.N(2), func() tree { return tree{"source": g.source()} }) })
	g.maybe(t, 60, "to", func() any { return many(1+g.N(2), func() tree { return tree{"operation": g.operation()} }) })
	g.maybe(t, 30, "when", func() any { return many(1+g.N(2), g.condition) })
	return t
}

// negated turns a field, now and then, into the one that excludes.
func (g *generator) negated(field string) string {
	if g.chance(25) {
		return "not" + string(field[0]-'a'+'A') + field[1:]
	}
	return field
}

func (g *generator) source() tree {
	values := map[string]func() any{
		"principals": func() any {
			return list(pick(g.dice, "cluster.local/ns/default/sa/test", "cluster.local/ns/shop/*", "*", "*/sa/web"))
		},
		"namespaces":     func() any { return list(pick(g.dice, "default", "shop", "sh*")) },
		"ipBlocks":       func() any { return list(pick(g.dice, "10.1.0.0/24", "10.1.0.3", "192.0.2.0/24")) },
		"remoteIpBlocks": func() any { return list(pick(g.dice, "192.0.2.0/24", "10.0.0.0/8")) },
		"trustDomains":   func() any { return list(pick(g.dice, "cluster.local", "other.example")) },
	}
	t := tree{}
	for _, name := range some(g.dice, 1, 2, sorted(values)...) {
		t[g.negated(name)] = values[name]()
	}
	return t
}

func (g *generator) operation() tree {
	values := map[string]func() any{
		"hosts":   func() any { return list(pick(g.dice, "web.shop.svc.cluster.local", "*.example.com", "web*", "*")) },
		"ports":   func() any { return list(pick(g.dice, "80", "8000", "9000", "8080")) },
		"methods": func() any { return list(some(g.dice, 1, 2, "GET", "POST", "P*")...) },
		"paths":   func() any { return list(pick(g.dice, "/api/*", "/login", "*.png", "/api/{*}/item", "/{**}", "*")) },
	}
	t := tree{}
	for _, name := range some(g.dice, 1, 2, sorted(values)...) {
		t[g.negated(name)] = values[name]()
	}
	return t
}

func (g *generator) condition() tree {
	values := map[string][]string{
		"request.headers[x-token]": {"open", "se*"},
		"source.namespace":         {"default", "bank"},
		"source.principal":         {"cluster.local/ns/default/sa/test"},
		"source.ip":                {"10.1.0.0/24"},
		"destination.port":         {"80", "8000"},
		"destination.ip":           {"10.1.0.0/30"},
		"connection.sni":           {"*.example.com", "outbound_.80_._.*"},
	}
	key := pick(g.dice, sorted(values)...)
	return tree{"key": key, pick(g.dice, "values", "values", "notValues"): list(some(g.dice, 1, 2, values[key]...)...)}
}
