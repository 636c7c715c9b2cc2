package meshgen

import "fmt"

// delegate adds one. Its rules may or may not lie in the rules that delegate to it.
func (g *generator) delegate() {
	l := delegateName{g.team(), fmt.Sprintf("delegate-%d", g.N(3))}
	v := &virtualService{generator: g, values: httpValues{g.dice}, namespace: l.namespace, hosts: some(g.dice, 1, 2, g.hosts...), delegated: true}
	spec := tree{"http": v.http()}
	g.exported(spec)
	if g.add(networking, "VirtualService", l.namespace, l.name, tree{"spec": spec}) {
		g.delegates = append(g.delegates, l)
	}
}

// delegating reports whether a rule leaves its requests to another VirtualService, now and then to one that is not there.
func (v *virtualService) delegating(t tree) bool {
	if v.delegated || len(v.delegates) == 0 || !v.chance(20) {
		return false
	}
	l := pick(v.dice, v.delegates...)
	if v.chance(5) {
		l.name = "absent"
	}
	to := tree{"name": l.name}
	if l.namespace != v.namespace || v.chance(30) {
		to["namespace"] = l.namespace
	}
	t["delegate"] = to
	v.maybe(t, 20, "timeout", func() any { return "3s" })
	v.maybe(t, 20, "retries", func() any { return v.values.retries() })
	v.maybe(t, 15, "rewrite", func() any { return tree{"uri": pick(v.dice, "/", "/root")} })
	return true
}
