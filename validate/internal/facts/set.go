package facts

// A Set holds what checks ask of one input. Checks run side by side: each part works out its indexes when first asked, once.
type Set struct {
	*Documents
	Hosts            *Hosts
	Workloads        *Workloads
	Routes           *Routes
	DestinationRules *DestinationRules
	Gateways         *Gateways
	MutualTLS        *MutualTLS
	Egress           *Egress
}

// New returns the facts of an input.
func New(in Input) *Set {
	docs := &Documents{Input: in}
	hosts := &Hosts{docs: docs}
	routes := &Routes{docs: docs, hosts: hosts}
	rules := &DestinationRules{docs: docs, hosts: hosts, routes: routes}
	gateways := &Gateways{docs: docs}
	return &Set{
		Documents: docs, Hosts: hosts, Workloads: &Workloads{docs: docs}, Routes: routes, DestinationRules: rules, Gateways: gateways,
		MutualTLS: &MutualTLS{docs: docs}, Egress: &Egress{docs: docs, routes: routes, rules: rules, gateways: gateways},
	}
}
