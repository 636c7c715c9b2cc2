package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// reach returns the gateways at which the rule of a destination acts, by full name: those of its matches, where each match names
// some, else those of the document. "mesh" stands for the sidecars.
func (t target) reach() []string {
	lists := t.matchGateways()
	if len(lists) == 0 {
		return gatewaysOf(t.object)
	}
	var all []string
	for _, names := range lists {
		if len(names) == 0 {
			return gatewaysOf(t.object)
		}
		for _, n := range names {
			all = append(all, fullGateway(n, t.object))
		}
	}
	return all
}

// matchGateways returns the gateways that each match of the destination's rule names, as written.
func (t target) matchGateways() [][]string {
	spec := config.Spec[*networking.VirtualService](t.object)
	switch t.protocol {
	case "http":
		return gatewayLists(spec.GetHttp()[t.rule].GetMatch())
	case "tls":
		return gatewayLists(spec.GetTls()[t.rule].GetMatch())
	}
	return gatewayLists(spec.GetTcp()[t.rule].GetMatch())
}

func gatewayLists[M interface{ GetGateways() []string }](matches []M) [][]string {
	var lists [][]string
	for _, m := range matches {
		lists = append(lists, m.GetGateways())
	}
	return lists
}

// fromSidecars says whether sidecars follow the rule.
func (t target) fromSidecars() bool { return slices.Contains(t.reach(), mesh.MeshGateway) }

// fromGateways says whether some gateway follows the rule.
func (t target) fromGateways() bool {
	return slices.ContainsFunc(t.reach(), func(g string) bool { return g != mesh.MeshGateway })
}
