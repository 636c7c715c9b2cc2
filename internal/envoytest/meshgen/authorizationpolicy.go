package meshgen

// authorizationPolicy adds one of an action that needs no other service.
func (g *generator) authorizationPolicy() {
	namespace := g.team()
	spec := tree{"action": pick(g.dice, "ALLOW", "DENY", "ALLOW", "AUDIT")}
	g.maybe(spec, 60, "selector", func() any { return tree{"matchLabels": g.selected(namespace)} })
	least := 0
	if spec["action"] == "DENY" {
		least = 1
	}
	if n := least + g.N(3); n > 0 {
		spec["rules"] = many(n, authorization{g.dice}.rule)
	}
	g.rule(security, "AuthorizationPolicy", namespace, spec)
}

// authorization is the rules of a policy and their parts.
type authorization struct{ dice }

func (a authorization) rule() tree {
	t := tree{}
	a.maybe(t, 50, "from", func() any { return many(1+a.N(2), func() tree { return tree{"source": a.source()} }) })
	a.maybe(t, 60, "to", func() any { return many(1+a.N(2), func() tree { return tree{"operation": a.operation()} }) })
	a.maybe(t, 40, "when", func() any { return many(1+a.N(2), a.condition) })
	return t
}

// ranges are blocks of addresses and single ones, of both families.
var ranges = []string{"10.1.0.0/24", "10.1.0.3", "192.0.2.0/24", "10.0.0.0/8", "fd00:1::/64", "fd00:1::2", "0.0.0.0/0"}

// The values that fields of a source and of an operation are drawn from.
var (
	sources = map[string][]string{
		"principals": {"cluster.local/ns/default/sa/test", "cluster.local/ns/shop/*", "*", "*/sa/web", "other.example/ns/shop/sa/web"},
		"requestPrincipals": {
			"*", issuers[0] + "/alice", issuers[0] + "/*", issuers[1] + "/bob", "*/alice",
		},
		"namespaces":      {"default", "shop", "sh*", "*"},
		"ipBlocks":        ranges,
		"remoteIpBlocks":  ranges,
		"trustDomains":    {"cluster.local", "other.example", "*"},
		"serviceAccounts": {"default/test", "web", "shop/web"},
	}
	operations = map[string][]string{
		"hosts":   {"web.shop.svc.cluster.local", "*.example.com", "web*", "*", "WEB.shop.svc.cluster.local", "web.shop:8080"},
		"ports":   {"80", "8000", "9000", "8080", "8001"},
		"methods": {"GET", "POST", "P*", "*"},
		"paths": {
			"/api/*", "/login", "*.png", "/api/{*}/item", "/{**}", "*", "/api/{**}/end", "/{*}/{*}", "/api/{*}", "/{**}/item",
			"/Shop/v1", "/api//v1",
		},
	}
	conditions = map[string][]string{
		"request.headers[x-token]":          {"open", "se*", "*", "*ed"},
		"request.headers[User-Agent]":       {"curl*", "*"},
		"source.namespace":                  {"default", "bank"},
		"source.principal":                  {"cluster.local/ns/default/sa/test", "*"},
		"source.serviceAccount":             {"default/test", "shop/web"},
		"source.trustDomain":                {"cluster.local"},
		"source.ip":                         ranges,
		"remote.ip":                         ranges,
		"destination.port":                  {"80", "8000"},
		"destination.ip":                    ranges,
		"connection.sni":                    {"*.example.com", "outbound_.80_._.*", "*"},
		"request.auth.principal":            {issuers[0] + "/alice", "*"},
		"request.auth.audiences":            {"web", "a*"},
		"request.auth.presenter":            {"cli"},
		"request.auth.claims[group]":        {"admin", "ad*", "*"},
		"request.auth.claims[scope]":        {"read", "*"},
		"request.auth.claims[outer][inner]": {"deep"},
	}
)

// source names service accounts by themselves: admission refuses principals and namespaces beside them.
func (a authorization) source() tree {
	if a.chance(10) {
		t := tree{}
		a.excluding(t, "serviceAccounts", sources["serviceAccounts"])
		return t
	}
	return a.fields(sources, "ipBlocks", "namespaces", "principals", "remoteIpBlocks", "requestPrincipals", "trustDomains")
}

func (a authorization) operation() tree { return a.fields(operations, sorted(operations)...) }

// fields sets one or two fields to some of their values.
func (a authorization) fields(values map[string][]string, names ...string) tree {
	t := tree{}
	for _, name := range some(a.dice, 1, 2, names...) {
		a.excluding(t, name, values[name])
	}
	return t
}

func (a authorization) condition() tree {
	key := pick(a.dice, sorted(conditions)...)
	t := tree{"key": key}
	a.excluding(t, "values", conditions[key])
	return t
}

// excluding sets a field, now and then the one that excludes instead, or both.
func (a authorization) excluding(t tree, field string, values []string) {
	not := "not" + string(field[0]-'a'+'A') + field[1:]
	switch n := a.N(100); {
	case n < 65:
		t[field] = list(some(a.dice, 1, 2, values...)...)
	case n < 90:
		t[not] = list(some(a.dice, 1, 2, values...)...)
	default:
		t[field], t[not] = list(pick(a.dice, values...)), list(pick(a.dice, values...))
	}
}
