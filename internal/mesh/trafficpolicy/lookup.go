package trafficpolicy

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// Some parts of a proxy's configuration do not go by the effective policy of a cluster. They look up a single setting, each
// by an order of its own.

// Hash is what of a request chooses its endpoint, for a destination that names a port (0: none) and a subset. Routes
// carry it. Of all policies that set a hash the most specific counts: the subset's for the port, the subset's, the
// host's for the port, the host's.
func (r *Rule) Hash(port uint32, subset string) config.Setting[*networking.LoadBalancerSettings_ConsistentHashLB] {
	for _, p := range []*Policy{r.SubsetPolicy(subset), r.HostPolicy()} {
		if port != 0 {
			if h := p.Port(port).hash(); h.IsSet() {
				return h
			}
		}
		if h := p.hash(); h.IsSet() {
			return h
		}
	}
	return config.Setting[*networking.LoadBalancerSettings_ConsistentHashLB]{}
}

func (p *Policy) hash() config.Setting[*networking.LoadBalancerSettings_ConsistentHashLB] {
	if p == nil || p.LoadBalancer.Value.GetConsistentHash() == nil {
		return config.Setting[*networking.LoadBalancerSettings_ConsistentHashLB]{}
	}
	return config.Setting[*networking.LoadBalancerSettings_ConsistentHashLB]{
		Value: p.LoadBalancer.Value.GetConsistentHash(), At: p.LoadBalancer.At}
}

// A Connection policy is what applies to connections that carry no readable requests.
type Connection struct {
	Pool       config.Setting[*networking.ConnectionPoolSettings_TCPSettings]
	SourceHash config.Setting[*networking.LoadBalancerSettings] // set where the client's address chooses the endpoint
	Tunnel     config.Setting[*networking.TrafficPolicy_TunnelSettings]
}

// Connection returns what applies to connections to a subset, or to the host where it is "". The pool is that of the
// host, since one filter serves all destinations of a rule; a load balancer of the subset replaces the host's; the tunnel
// is that of the subset alone.
func (r *Rule) Connection(subset string) Connection {
	var host, own Policy
	if p := r.HostPolicy(); p != nil {
		host = *p
	}
	if p := r.SubsetPolicy(subset); p != nil {
		own = *p
	}
	out := Connection{Tunnel: host.Tunnel}
	if subset != "" {
		out.Tunnel = own.Tunnel
	}
	out.Pool = block(host.ConnectionPool.Value.GetTcp(), host.ConnectionPool.At, "tcp")
	if lb := own.LoadBalancer.Or(host.LoadBalancer); lb.Value.GetConsistentHash().GetUseSourceIp() {
		out.SourceHash = lb
	}
	return out
}

// EndpointTLS is the TLS that a rule sets for the endpoints of a port. Other than for the cluster, settings for a port
// that have no TLS do not hide those of the whole.
func (r *Rule) EndpointTLS(port uint32, subset string, fallback bool) config.Setting[*networking.ClientTLSSettings] {
	layers := []*Policy{r.SubsetPolicy(subset), r.HostPolicy()}
	if subset != "" && !fallback {
		layers = layers[:1]
	}
	for _, p := range layers {
		if p == nil {
			continue
		}
		for _, at := range p.Ports {
			if at.Number == port && at.TLS.IsSet() {
				return at.TLS
			}
		}
		if p.TLS.IsSet() {
			return p.TLS
		}
	}
	return config.Setting[*networking.ClientTLSSettings]{}
}
