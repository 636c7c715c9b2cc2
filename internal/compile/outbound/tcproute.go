package outbound

import (
	"slices"

	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/xds"
	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// connectionChains are the chains by which a service's connections that carry no readable requests are routed.
func (c *Builder) connectionChains(b listenerOpts) []*filterchain.Chain {
	sets := unique(slices.Clone(b.egress.rules.overlapping(b.service.Host)))
	if b.port.Protocol.IsTLS() {
		return c.tlsChains(b, sets)
	}
	return c.tcpChains(b, sets)
}

// unique keeps the first of several mentions of a VirtualService.
func unique(list []*routing.Rules) []*routing.Rules {
	seen := map[*routing.Rules]bool{}
	return slices.DeleteFunc(list, func(vs *routing.Rules) bool {
		again := seen[vs]
		seen[vs] = true
		return again
	})
}

// tcpChains translates the TCP rules of VirtualServices for a service: a chain for each rule with destination subnets,
// ending with the first rule that takes all, or with the service itself.
func (c *Builder) tcpChains(b listenerOpts, sets []*routing.Rules) []*filterchain.Chain {
	var out []*filterchain.Chain
	covered := false // a rule's subnets are the very CIDRs of the service
	for _, set := range sets {
		for _, r := range set.TCP {
			if len(r.Destinations) == 0 {
				continue
			}
			all, subnets, matches := tcpMatch(c.view, r, b.port.Number)
			if all {
				chain := ruleChain(c.view, b, set, r)
				chain.CIDRs, chain.Metadata = b.cidrs, xds.RulesMetadata(set)
				chain.MatchedBy(matches)
				return append(out, chain)
			}
			if len(subnets) > 0 {
				chain := ruleChain(c.view, b, set, r)
				chain.CIDRs = subnets
				chain.MatchedBy(matches)
				out = append(out, chain)
				covered = covered || slices.Equal(slices.Sorted(slices.Values(subnets)), slices.Sorted(slices.Values(b.cidrs)))
			}
		}
	}
	if covered {
		return out
	}
	return append(out, c.serviceChain(b))
}

// tcpMatch reports whether a TCP rule takes every connection of a listener, or else which destination subnets it takes, and
// by which of its matches. On a Unix socket, which has no port, destinations mean nothing.
func tcpMatch(view *mesh.View, r *routing.ConnectionRule, port uint32) (all bool, subnets []string, matches []config.Place) {
	if len(r.Matches) == 0 {
		return true, nil, nil
	}
	for _, m := range r.Matches {
		if !appliesToConnection(view, m.Client, port) {
			continue
		}
		if len(m.Subnets) == 0 || port == 0 {
			return true, nil, []config.Place{m.At}
		}
		subnets, matches = append(subnets, m.Subnets...), append(matches, m.At)
	}
	return false, subnets, matches
}
