package outbound

import (
	"strings"

	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// tlsChains translates the TLS rules of VirtualServices for a service, a chain for each match that differs in what Envoy
// sees of a connection: server names and destination subnets. Where no rule applies the service has a chain of its own.
func (c *Builder) tlsChains(b listenerOpts, sets []*routing.Rules) []*filterchain.Chain {
	var out []*filterchain.Chain
	cidrs := b.cidrs // subnets of one match stay in force for later ones that name none
	seen := map[string]*filterchain.Chain{}
	for _, set := range sets {
		for _, r := range set.TLS {
			if len(r.Destinations) == 0 {
				continue
			}
			for _, m := range r.Matches {
				if !appliesToConnection(c.view, m.Client, b.port.Number) {
					continue
				}
				if len(m.Subnets) > 0 && b.port.Number > 0 {
					cidrs = m.Subnets
				}
				key := strings.Join(m.SNI, ",") + "|" + strings.Join(m.Subnets, ",")
				match := origin.DefinesTreeAt(m.At)
				if first := seen[key]; first != nil {
					var lost origin.List
					lost.Add("", match[0])
					first.Origins.AddOverridden(lost, "the same connections")
					continue
				}
				chain := ruleChain(c.view, b, set, r)
				chain.SNI, chain.CIDRs, chain.Metadata = m.SNI, cidrs, xds.RulesMetadata(set)
				chain.Origins.Add("match", match...)
				seen[key] = chain
				out = append(out, chain)
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	chain := c.serviceChain(b)
	if needsSNI(c.view, b) {
		chain.SNI = []string{b.service.Host}
		for _, alias := range b.service.Aliases {
			chain.SNI = append(append(chain.SNI, alias), shortForms(c.view, alias)...)
		}
	}
	return []*filterchain.Chain{chain}
}

// needsSNI reports whether only the server name tells the service's connections from others': it has no address of its own,
// or a CIDR, or stands for many names.
func needsSNI(view *mesh.View, b listenerOpts) bool {
	address := proxy.ServiceAddress(view, b.service)
	if !b.service.Kubernetes() && address == proxy.AnyIPv4 && !proxy.FamiliesOf(view).V4 {
		address = proxy.AnyIPv6
	}
	wildcard := proxy.Wildcards(view)[0]
	return len(b.cidrs) > 0 || strings.Contains(address, "/") || address == wildcard && b.binds[0] == wildcard || proxy.Dynamic(b.service)
}
