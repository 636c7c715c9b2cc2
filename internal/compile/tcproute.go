package compile

import (
	"net"
	"slices"
	"strconv"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tcpproxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// connectionChains are the chains by which a bid's connections that carry no readable requests are routed.
func (c *Compiler) connectionChains(b bid) []*chainDraft {
	rules := slices.Clone(b.egress.rules.overlapping(b.service.Host))
	rules = unique(rules)
	if b.port.Protocol.IsTLS() {
		return c.tlsChains(b, rules)
	}
	return c.tcpChains(b, rules)
}

// unique keeps the first of several mentions of a VirtualService.
func unique(list []*mesh.VirtualService) []*mesh.VirtualService {
	seen := map[*mesh.VirtualService]bool{}
	return slices.DeleteFunc(list, func(vs *mesh.VirtualService) bool {
		again := seen[vs]
		seen[vs] = true
		return again
	})
}

// tcpChains translates the TCP rules of VirtualServices for a bid: a chain for each rule with destination subnets,
// ending with the first rule that takes all, or with the service itself.
func (c *Compiler) tcpChains(b bid, rules []*mesh.VirtualService) []*chainDraft {
	var out []*chainDraft
	covered := false // a rule's subnets are the very CIDRs of the service
	for _, vs := range rules {
		for i, rule := range vs.Spec.Tcp {
			if len(rule.Route) == 0 {
				continue
			}
			all, subnets, matches := c.tcpMatch(rule, b.port.Number)
			field := source.Index("spec.tcp", i)
			if all {
				chain := c.ruleChain(b, vs, rule.Route, field)
				chain.cidrs, chain.metadata = b.cidrs, istioMetadata(vs.Object)
				chain.matchedBy(vs, field, matches)
				return append(out, chain)
			}
			if len(subnets) > 0 {
				chain := c.ruleChain(b, vs, rule.Route, field)
				chain.cidrs = subnets
				chain.matchedBy(vs, field, matches)
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

// matchedBy writes down which matches of a rule at a field of a VirtualService make a chain.
func (d *chainDraft) matchedBy(vs *mesh.VirtualService, field string, matches []int) {
	for _, j := range matches {
		d.origins.add("match", spelled(vs.Object, source.Index(source.Join(field, "match"), j))...)
	}
}

// tcpMatch says whether a TCP rule takes every connection of a listener, or else which destination subnets it takes, and
// by which of its matches. On a Unix socket, which has no port, destinations mean nothing.
func (c *Compiler) tcpMatch(rule *networking.TCPRoute, port uint32) (all bool, subnets []string, matches []int) {
	if len(rule.Match) == 0 {
		return true, nil, nil
	}
	for j, m := range rule.Match {
		if !c.appliesToConnection(m, port) {
			continue
		}
		if len(m.DestinationSubnets) == 0 || port == 0 {
			return true, nil, []int{j}
		}
		subnets, matches = append(subnets, m.DestinationSubnets...), append(matches, j)
	}
	return false, subnets, matches
}

// A connectionMatch is a match of TCP or TLS rules, of which parts are settled before any connection.
type connectionMatch interface {
	GetGateways() []string
	GetSourceLabels() map[string]string
	GetSourceNamespace() string
	GetPort() uint32
}

// appliesToConnection says whether the settled parts of a match hold for the sidecar. Unlike for HTTP rules, naming
// gateways does not put the labels and the namespace out of force.
func (c *Compiler) appliesToConnection(m connectionMatch, port uint32) bool {
	gateway := len(m.GetGateways()) == 0 || slices.Contains(m.GetGateways(), mesh.MeshGateway)
	return gateway && (m.GetPort() == 0 || m.GetPort() == port) && c.isClient(m.GetSourceLabels(), m.GetSourceNamespace())
}

// ruleChain sends connections to the destinations of a TCP or TLS rule, which stands at a field of a VirtualService.
func (c *Compiler) ruleChain(b bid, vs *mesh.VirtualService, to []*networking.RouteDestination, field string) *chainDraft {
	return &chainDraft{filters: c.routeConnections(vs, to, b.port), origins: c.connectionOrigins(vs, to, field)}
}

// connectionOrigins are those of a TCP or TLS rule at a field of a VirtualService, and of its destinations.
func (c *Compiler) connectionOrigins(vs *mesh.VirtualService, to []*networking.RouteDestination, field string) trail {
	var out trail
	out.add("", defines(vs.Object, field))
	n := 0
	for i, dest := range to {
		if len(to) == 1 || dest.Weight > 0 {
			out.add(target(n), spelled(vs.Object, source.Index(source.Join(field, "route"), i))...)
			n++
		}
	}
	first, subset := to[0].GetDestination(), ""
	if len(to) == 1 {
		subset = first.GetSubset()
	}
	return append(out, limitOrigins(c.ruleFor(first.GetHost()), subset)...)
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
func (c *Compiler) routeConnections(vs *mesh.VirtualService, to []*networking.RouteDestination, port *mesh.Port) []*listenerv3.Filter {
	first := to[0].GetDestination()
	rule := c.ruleFor(first.GetHost())
	if len(to) == 1 {
		proxy := tcpTo(destinationCluster(first, c.view.Service(first.GetHost()), port.Number))
		c.limitConnections(proxy, rule, first.GetSubset())
		return proxyTCP(port.Protocol, proxy)
	}
	split := &tcpproxyv3.TcpProxy_WeightedCluster{}
	for _, dest := range to {
		if dest.Weight > 0 {
			d := dest.GetDestination()
			split.Clusters = append(split.Clusters, &tcpproxyv3.TcpProxy_WeightedCluster_ClusterWeight{
				Name:   destinationCluster(d, c.view.Service(d.GetHost()), port.Number),
				Weight: uint32(dest.Weight),
			})
		}
	}
	proxy := &tcpproxyv3.TcpProxy{
		StatPrefix:       vs.Object.Name + "." + vs.Object.Namespace,
		ClusterSpecifier: &tcpproxyv3.TcpProxy_WeightedClusters{WeightedClusters: split},
	}
	c.limitConnections(proxy, rule, "")
	return proxyTCP(port.Protocol, proxy)
}

// ruleFor is the DestinationRule in force for a host, or nil.
func (c *Compiler) ruleFor(host string) *mesh.DestinationRule {
	if s := c.view.Service(host); s != nil {
		return c.view.DestinationRule(s)
	}
	return nil
}

// limitConnections applies what a DestinationRule says of connections as such. The subset's own timeouts do not count,
// since one filter serves all destinations of a rule.
func (c *Compiler) limitConnections(out *tcpproxyv3.TcpProxy, rule *mesh.DestinationRule, subset string) {
	if rule == nil {
		return
	}
	pool := rule.Spec.GetTrafficPolicy().GetConnectionPool().GetTcp()
	out.IdleTimeout, out.MaxDownstreamConnectionDuration = pool.GetIdleTimeout(), pool.GetMaxConnectionDuration()
	if hashesSource(rule, subset) {
		out.HashPolicy = []*typev3.HashPolicy{{PolicySpecifier: &typev3.HashPolicy_SourceIp_{SourceIp: &typev3.HashPolicy_SourceIp{}}}}
	}
	tunnel := rule.Spec.GetTrafficPolicy().GetTunnel()
	if subset != "" {
		tunnel = findSubset(rule, subset).GetTrafficPolicy().GetTunnel()
	}
	if tunnel != nil {
		out.TunnelingConfig = &tcpproxyv3.TcpProxy_TunnelingConfig{
			Hostname: net.JoinHostPort(tunnel.TargetHost, strconv.Itoa(int(tunnel.TargetPort))),
			UsePost:  tunnel.Protocol == "POST",
		}
	}
}

// limitOrigins says where a DestinationRule writes what limitConnections applies.
func limitOrigins(rule *mesh.DestinationRule, subset string) trail {
	var out trail
	if rule == nil {
		return nil
	}
	policy, at := rulePolicy(rule)
	if policy.GetConnectionPool().GetTcp() != nil {
		out.add("pool", spelled(at.Object, at.Field+".connectionPool.tcp")...)
	}
	own, ownAt := subsetPolicy(rule, subset)
	balancer, balancerAt := policy.GetLoadBalancer(), at
	if own.GetLoadBalancer() != nil {
		balancer, balancerAt = own.GetLoadBalancer(), ownAt
	}
	if balancer.GetConsistentHash().GetUseSourceIp() {
		out.add("hash", balancerHash(balancer, balancerAt).origins()...)
	}
	if subset != "" {
		policy, at = own, ownAt
	}
	if policy.GetTunnel() != nil {
		out.add("tunnel", spelled(at.Object, at.Field+".tunnel")...)
	}
	return out
}

// hashesSource says whether the endpoint is chosen by the client's address. A load balancer of the subset stands in for
// the rule's.
func hashesSource(rule *mesh.DestinationRule, subset string) bool {
	balancer := rule.Spec.GetTrafficPolicy().GetLoadBalancer()
	if own := findSubset(rule, subset).GetTrafficPolicy().GetLoadBalancer(); own != nil {
		balancer = own
	}
	return balancer.GetConsistentHash().GetUseSourceIp()
}
