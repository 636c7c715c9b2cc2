package facts

import "sem.example/internal/source"

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

// A Base holds what checks ask of an input whatever part of it findings are wanted about, so questions about one part after
// the other work it out once. It is safe for concurrent use.
type Base struct {
	in Input

	documents documentIndexes
	hosts     hostIndexes
	workloads workloadIndexes
	routes    routeIndexes
	rules     ruleIndexes
	gateways  gatewayIndexes
	mutualTLS mutualTLSIndexes
}

// NewBase returns the base of an input.
func NewBase(in Input) *Base { return &Base{in: in} }

// About returns the facts for findings about some documents; nil for all.
func (b *Base) About(only map[*source.Document]bool) *Set {
	in := b.in
	in.Only = only
	docs := &Documents{Input: in, documentIndexes: &b.documents}
	hosts := &Hosts{docs: docs, hostIndexes: &b.hosts}
	routes := &Routes{docs: docs, hosts: hosts, routeIndexes: &b.routes}
	rules := &DestinationRules{docs: docs, hosts: hosts, routes: routes, ruleIndexes: &b.rules}
	gateways := &Gateways{docs: docs, gatewayIndexes: &b.gateways}
	return &Set{
		Documents: docs, Hosts: hosts, Routes: routes, DestinationRules: rules, Gateways: gateways,
		Workloads: &Workloads{docs: docs, workloadIndexes: &b.workloads},
		MutualTLS: &MutualTLS{docs: docs, mutualTLSIndexes: &b.mutualTLS},
		Egress:    &Egress{docs: docs, routes: routes, rules: rules, gateways: gateways},
	}
}
