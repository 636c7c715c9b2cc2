package meshgen

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

func (d dice) tokenRules() []tree {
	var out []tree
	for _, issuer := range some(d, 1, 2, issuers...) {
		out = append(out, d.tokenRule(issuer))
	}
	return out
}

func (d dice) tokenRule(issuer string) tree {
	t := tree{"issuer": issuer, "jwks": keySet}
	d.maybe(t, 30, "audiences", func() any { return list(some(d, 1, 2, "web", "api")...) })
	d.maybe(t, 30, "fromHeaders", func() any {
		h := tree{"name": pick(d, "x-jwt", "authorization", "X-Jwt")}
		d.maybe(h, 60, "prefix", func() any { return pick(d, "Bearer ", "jwt=") })
		return list(h)
	})
	d.maybe(t, 20, "fromParams", func() any { return list("token") })
	d.maybe(t, 15, "fromCookies", func() any { return list("jwt") })
	d.maybe(t, 30, "outputPayloadToHeader", func() any { return "x-payload" })
	d.maybe(t, 30, "outputClaimToHeaders", func() any {
		return list(tree{"header": pick(d, "x-claim", "x-user", "X-Token"), "claim": pick(d, "group", "sub", "outer.inner", "scope")})
	})
	d.maybe(t, 30, "forwardOriginalToken", func() any { return true })
	d.maybe(t, 20, "spaceDelimitedClaims", func() any { return list("roles") })
	return t
}
