package meshgen

import "strings"

// team is the namespace of a rule: mostly that of workloads.
func (d dice) team() string {
	if d.chance(15) {
		return root
	}
	return pick(d, teams...)
}

// exported restricts, now and then, who sees a document.
func (d dice) exported(spec tree) {
	d.maybe(spec, 15, "exportTo", func() any {
		return list(pick(d, ".", "*", teams[0], teams[1]))
	})
}

// appLabels choose workloads: those of an app, of a version, of both.
func (d dice) appLabels() tree {
	labels := tree{"app": pick(d, apps...)}
	if d.chance(20) {
		labels["version"] = pick(d, versions...)
	}
	return labels
}

// below is a name that a host covers: its own, unless it is a wildcard.
func (d dice) below(name string) string {
	if rest, ok := strings.CutPrefix(name, "*"); ok {
		return pick(d, "a", "www", "x.y") + rest
	}
	return name
}

// selected are labels of workloads that a policy of a namespace may be for.
func (d dice) selected(namespace string) tree {
	if namespace == root {
		return tree{"istio": "ingress"}
	}
	return d.appLabels()
}
