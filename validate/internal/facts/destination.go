package facts

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// A Destination is a destination that a rule of a VirtualService sends traffic to.
type Destination struct {
	Place           // of the destination object
	Protocol string // http, tls or tcp: the list of rules that it stands in
	Rule     int    // position in that list
	Mirror   bool
	*networking.Destination
}

// HostPlace is where the host name stands.
func (t Destination) HostPlace() Place { return t.Key("host") }

// Gateways returns the gateways at which the rule of a destination acts, by full name: those of its matches, where each match names
// some, else those of the document. "mesh" stands for the sidecars.
func (t Destination) Gateways() []string {
	lists := t.matchGateways()
	if len(lists) == 0 {
		return GatewaysOf(t.Object)
	}
	var all []string
	for _, names := range lists {
		if len(names) == 0 {
			return GatewaysOf(t.Object)
		}
		for _, n := range names {
			all = append(all, FullGateway(n, t.Object))
		}
	}
	return all
}

// matchGateways returns the gateways that each match of the destination's rule names, as written.
func (t Destination) matchGateways() [][]string {
	spec := config.Spec[*networking.VirtualService](t.Object)
	switch t.Protocol {
	case "http":
		return gatewayLists(spec.GetHttp()[t.Rule].GetMatch())
	case "tls":
		return gatewayLists(spec.GetTls()[t.Rule].GetMatch())
	}
	return gatewayLists(spec.GetTcp()[t.Rule].GetMatch())
}

func gatewayLists[M interface{ GetGateways() []string }](matches []M) [][]string {
	var lists [][]string
	for _, m := range matches {
		lists = append(lists, m.GetGateways())
	}
	return lists
}

// FromSidecars reports whether sidecars follow the rule.
func (t Destination) FromSidecars() bool { return slices.Contains(t.Gateways(), mesh.MeshGateway) }

// FromGateways reports whether some gateway follows the rule.
func (t Destination) FromGateways() bool {
	return slices.ContainsFunc(t.Gateways(), func(g string) bool { return g != mesh.MeshGateway })
}

func destinationsOf(o *config.Object) []Destination {
	spec := config.Spec[*networking.VirtualService](o)
	var all []Destination
	add := func(d *networking.Destination, protocol string, rule int, at Place, mirror bool) {
		if d != nil {
			all = append(all, Destination{Place: at, Protocol: protocol, Rule: rule, Mirror: mirror, Destination: d})
		}
	}
	for i, r := range spec.GetHttp() {
		at := RuleAt(o, "http", i)
		for j, d := range r.GetRoute() {
			add(d.GetDestination(), "http", i, at.Sub("route").Item(j).Sub("destination"), false)
		}
		add(r.GetMirror(), "http", i, at.Sub("mirror"), true)
		for j, m := range r.GetMirrors() {
			add(m.GetDestination(), "http", i, at.Sub("mirrors").Item(j).Sub("destination"), true)
		}
	}
	for i, r := range spec.GetTls() {
		for j, d := range r.GetRoute() {
			add(d.GetDestination(), "tls", i, RuleAt(o, "tls", i).Sub("route").Item(j).Sub("destination"), false)
		}
	}
	for i, r := range spec.GetTcp() {
		for j, d := range r.GetRoute() {
			add(d.GetDestination(), "tcp", i, RuleAt(o, "tcp", i).Sub("route").Item(j).Sub("destination"), false)
		}
	}
	return all
}
