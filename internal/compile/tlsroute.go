package compile

import (
	"strings"

	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// tlsChains translates the TLS rules of VirtualServices for a bid, a chain for each match that differs in what Envoy
// sees of a connection: server names and destination subnets. Where no rule applies the service has a chain of its own.
func (c *Compiler) tlsChains(b bid, sets []*routing.Rules) []*chainDraft {
	var out []*chainDraft
	cidrs := b.cidrs // subnets of one match stay in force for later ones that name none
	seen := map[string]*chainDraft{}
	for _, set := range sets {
		for _, r := range set.TLS {
			if len(r.Destinations) == 0 {
				continue
			}
			for _, m := range r.Matches {
				if !c.appliesToConnection(m.Client, b.port.Number) {
					continue
				}
				if len(m.Subnets) > 0 && b.port.Number > 0 {
					cidrs = m.Subnets
				}
				key := strings.Join(m.SNI, ",") + "|" + strings.Join(m.Subnets, ",")
				match := spelledAt(m.At)
				if first := seen[key]; first != nil {
					first.origins.yield(trail{{origin: match[0]}}, "the same connections")
					continue
				}
				chain := c.ruleChain(b, set, r)
				chain.sni, chain.cidrs, chain.metadata = m.SNI, cidrs, istioMetadata(set.Object)
				chain.origins.add("match", match...)
				seen[key] = chain
				out = append(out, chain)
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	chain := c.serviceChain(b)
	if c.needsSNI(b) {
		chain.sni = []string{b.service.Host}
		for _, alias := range b.service.Aliases {
			chain.sni = append(append(chain.sni, alias), c.shortForms(alias)...)
		}
	}
	return []*chainDraft{chain}
}

// needsSNI says whether only the server name tells the service's connections from others': it has no address of its own,
// or a CIDR, or stands for many names.
func (c *Compiler) needsSNI(b bid) bool {
	address := c.serviceAddress(b.service)
	if !b.service.Kubernetes() && address == anyIPv4 && !c.families().v4 {
		address = anyIPv6
	}
	wildcard := c.wildcards()[0]
	return len(b.cidrs) > 0 || strings.Contains(address, "/") || address == wildcard && b.binds[0] == wildcard || manyNames(b.service)
}

// manyNames says whether the proxy looks up the names under a wildcard by itself.
func manyNames(s *mesh.Service) bool {
	return s != nil && s.Resolution == mesh.DynamicDNS && mesh.IsWildcard(s.Host)
}
