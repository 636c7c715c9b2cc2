package meshgen

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
	g.maybe(spec, 75, "trafficPolicy", func() any { return policies{g.dice}.trafficPolicy(h, true) })
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
		g.maybe(s, 40, "trafficPolicy", func() any { return policies{g.dice}.trafficPolicy(h, g.chance(30)) })
		out = append(out, s)
	}
	return out
}
