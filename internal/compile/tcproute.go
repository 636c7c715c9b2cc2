package compile

import (
	"net"
	"slices"
	"strconv"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tcpproxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// connectionChains are the chains by which a bid's connections that carry no readable requests are routed.
func (c *Compiler) connectionChains(b bid) []*chainDraft {
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

// tcpChains translates the TCP rules of VirtualServices for a bid: a chain for each rule with destination subnets,
// ending with the first rule that takes all, or with the service itself.
func (c *Compiler) tcpChains(b bid, sets []*routing.Rules) []*chainDraft {
	var out []*chainDraft
	covered := false // a rule's subnets are the very CIDRs of the service
	for _, set := range sets {
		for _, r := range set.TCP {
			if len(r.Destinations) == 0 {
				continue
			}
			all, subnets, matches := c.tcpMatch(r, b.port.Number)
			if all {
				chain := c.ruleChain(b, set, r)
				chain.cidrs, chain.metadata = b.cidrs, istioMetadata(set.Object)
				chain.matchedBy(matches)
				return append(out, chain)
			}
			if len(subnets) > 0 {
				chain := c.ruleChain(b, set, r)
				chain.cidrs = subnets
				chain.matchedBy(matches)
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

// matchedBy records which matches of a rule make a chain.
func (d *chainDraft) matchedBy(matches []config.Place) {
	for _, at := range matches {
		d.origins.add("match", spelledAt(at)...)
	}
}

// tcpMatch reports whether a TCP rule takes every connection of a listener, or else which destination subnets it takes, and
// by which of its matches. On a Unix socket, which has no port, destinations mean nothing.
func (c *Compiler) tcpMatch(r *routing.ConnectionRule, port uint32) (all bool, subnets []string, matches []config.Place) {
	if len(r.Matches) == 0 {
		return true, nil, nil
	}
	for _, m := range r.Matches {
		if !c.appliesToConnection(m.Client, port) {
			continue
		}
		if len(m.Subnets) == 0 || port == 0 {
			return true, nil, []config.Place{m.At}
		}
		subnets, matches = append(subnets, m.Subnets...), append(matches, m.At)
	}
	return false, subnets, matches
}

// appliesToConnection reports whether what a match asks of the client holds for the sidecar. Unlike for HTTP rules, the
// labels and the namespace count also where gateways are named.
func (c *Compiler) appliesToConnection(want routing.Client, port uint32) bool {
	gateway := len(want.Gateways) == 0 || slices.Contains(want.Gateways, routing.MeshGateway)
	return gateway && (want.Port == 0 || want.Port == port) && c.isClient(want)
}

// ruleChain sends connections to the destinations of a TCP or TLS rule.
func (c *Compiler) ruleChain(b bid, set *routing.Rules, r *routing.ConnectionRule) *chainDraft {
	return &chainDraft{filters: c.routeConnections(set, r.Destinations, b.port), origins: c.connectionOrigins(r)}
}

// connectionOrigins are those of a TCP or TLS rule and of its destinations.
func (c *Compiler) connectionOrigins(r *routing.ConnectionRule) trail {
	var out trail
	out.add("", definesField(r.At))
	n := 0
	for _, d := range r.Destinations {
		if len(r.Destinations) == 1 || d.Weight > 0 {
			out.add(target(n), spelledAt(d.At)...)
			n++
		}
	}
	first, subset := r.Destinations[0], ""
	if len(r.Destinations) == 1 {
		subset = first.Subset
	}
	return append(out, limitOrigins(c.ruleFor(first.Host), subset)...)
}

// serviceChain sends connections to a service that no rule speaks for. On a port of the Sidecar, the service's only port
// counts.
func (c *Compiler) serviceChain(b bid) *chainDraft {
	port := b.port.Number
	if len(b.service.Ports) == 1 {
		port = b.service.Ports[0].Number
	}
	to := tcpTo(outboundName(port, "", b.service.Host))
	c.limitConnections(to, c.ruleFor(b.service.Host), "")
	out := &chainDraft{
		cidrs:    b.cidrs,
		filters:  slices.Concat(c.nameFilters(b), proxyTCP(b.port.Protocol, to)),
		readsSNI: manyNames(b.service),
	}
	out.origins.add("", b.origins()...)
	out.origins.add(listenerPart, b.origins()...)
	out.origins.add(target(0), defines(b.service.Object, b.service.Field))
	if manyNames(b.service) {
		out.origins = append(out.origins, c.guard(guarded{tcp: true, to: b.service}).origins...)
	}
	out.origins = append(out.origins, limitOrigins(c.ruleFor(b.service.Host), "")...)
	return out
}

// routeConnections are the filters that send connections to the destinations of a rule, each by its weight.
func (c *Compiler) routeConnections(set *routing.Rules, to []routing.Destination, port *mesh.Port) []*listenerv3.Filter {
	first := to[0]
	policy := c.ruleFor(first.Host)
	if len(to) == 1 {
		proxy := tcpTo(destinationCluster(first, c.view.Service(first.Host), port.Number))
		c.limitConnections(proxy, policy, first.Subset)
		return proxyTCP(port.Protocol, proxy)
	}
	split := &tcpproxyv3.TcpProxy_WeightedCluster{}
	for _, dest := range to {
		if dest.Weight > 0 {
			split.Clusters = append(split.Clusters, &tcpproxyv3.TcpProxy_WeightedCluster_ClusterWeight{
				Name:   destinationCluster(dest, c.view.Service(dest.Host), port.Number),
				Weight: uint32(dest.Weight),
			})
		}
	}
	proxy := &tcpproxyv3.TcpProxy{
		StatPrefix:       set.Object.Name + "." + set.Object.Namespace,
		ClusterSpecifier: &tcpproxyv3.TcpProxy_WeightedClusters{WeightedClusters: split},
	}
	c.limitConnections(proxy, policy, "")
	return proxyTCP(port.Protocol, proxy)
}

// ruleFor is the DestinationRule in force for a host, or nil.
func (c *Compiler) ruleFor(host string) *mesh.DestinationRule {
	if s := c.view.Service(host); s != nil {
		return c.view.DestinationRule(s)
	}
	return nil
}

// limitConnections applies what a DestinationRule sets for connections as such.
func (c *Compiler) limitConnections(out *tcpproxyv3.TcpProxy, rule *mesh.DestinationRule, subset string) {
	p := rule.Connection(subset)
	out.IdleTimeout, out.MaxDownstreamConnectionDuration = p.Pool.Value.GetIdleTimeout(), p.Pool.Value.GetMaxConnectionDuration()
	if p.SourceHash.IsSet() {
		out.HashPolicy = []*typev3.HashPolicy{{PolicySpecifier: &typev3.HashPolicy_SourceIp_{SourceIp: &typev3.HashPolicy_SourceIp{}}}}
	}
	if tunnel := p.Tunnel.Value; tunnel != nil {
		out.TunnelingConfig = &tcpproxyv3.TcpProxy_TunnelingConfig{
			Hostname: net.JoinHostPort(tunnel.TargetHost, strconv.Itoa(int(tunnel.TargetPort))),
			UsePost:  tunnel.Protocol == "POST",
		}
	}
}

// limitOrigins are the origins of what limitConnections applies.
func limitOrigins(rule *mesh.DestinationRule, subset string) trail {
	p := rule.Connection(subset)
	var out trail
	out.set("pool", p.Pool.At)
	out.set("hash", p.SourceHash.At)
	out.set("tunnel", p.Tunnel.At)
	return out
}
