package randmesh

// The issuers of tokens, and the keys of all of them: a shared secret, with which tests can sign tokens of their own.
var issuers = []string{"https://issuer.example.com", "testing@secure.example"}

const keySet = `{"keys": [{"kty": "oct", "alg": "HS256", "k": "c2VjcmV0LW9mLW1hZGUtdXAtbWVzaGVzLTAxMjM0NTY3"}]}`

// requestAuthentication adds one for the mesh, a namespace, some workloads or the gateway.
func (g *generator) requestAuthentication() {
	namespace := g.team()
	spec := tree{}
	g.maybe(spec, 60, "selector", func() any { return tree{"matchLabels": g.selected(namespace)} })
	spec["jwtRules"] = list(g.tokenRules()...)
	g.rule(security, "RequestAuthentication", namespace, spec)
}

// selected are labels of workloads that a policy of a namespace may be for.
func (g *generator) selected(namespace string) tree {
	if namespace == root {
		return tree{"istio": "ingress"}
	}
	return g.appLabels()
}

func (g *generator) tokenRules() []tree {
	var out []tree
	for _, issuer := range some(g.dice, 1, 2, issuers...) {
		out = append(out, g.tokenRule(issuer))
	}
	return out
}

func (g *generator) tokenRule(issuer string) tree {
	t := tree{"issuer": issuer, "jwks": keySet}
	g.maybe(t, 30, "audiences", func() any { return list(some(g.dice, 1, 2, "web", "api")...) })
	g.maybe(t, 30, "fromHeaders", func() any {
		h := tree{"name": pick(g.dice, "x-jwt", "authorization", "X-Jwt")}
		g.maybe(h, 60, "prefix", func() any { return pick(g.dice, "Bearer ", "jwt=") })
		return list(h)
	})
	g.maybe(t, 20, "fromParams", func() any { return list("token") })
	g.maybe(t, 15, "fromCookies", func() any { return list("jwt") })
	g.maybe(t, 30, "outputPayloadToHeader", func() any { return "x-payload" })
	g.maybe(t, 30, "outputClaimToHeaders", func() any {
		return list(tree{"header": pick(g.dice, "x-claim", "x-user", "X-Token"), "claim": pick(g.dice, "group", "sub", "outer.inner", "scope")})
	})
	g.maybe(t, 30, "forwardOriginalToken", func() any { return true })
	g.maybe(t, 20, "spaceDelimitedClaims", func() any { return list("roles") })
	return t
}
