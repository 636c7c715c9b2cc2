// Package trafficpolicy is the model of traffic policies: what applies to the connections and requests that proxies send to a
// host. Every setting knows the field that it was written in.
//
// A [Policy] is what one place of a document sets, in blocks such as loadBalancer or tls. A [Rule] is what one or more
// DestinationRules of a host come to for a client: a policy for the host, its subsets, and policies of these. An
// [Effective] policy is what is left for one cluster after all layers: the default of the mesh, the rule, its settings for
// the port, the subset, and the subset's settings for the port. A block is the unit of layering: a later layer replaces it
// as a whole.
//
// DestinationRules fill the model today. Policies of the Gateway API that attach to a Service set single blocks of the
// same Rule: BackendTLSPolicy its tls, XBackendTrafficPolicy its retryBudget and loadBalancer.
package trafficpolicy

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A Policy is a traffic policy as one place writes it.
type Policy struct {
	At               config.Place
	LoadBalancer     config.Setting[*networking.LoadBalancerSettings]
	ConnectionPool   config.Setting[*networking.ConnectionPoolSettings]
	OutlierDetection config.Setting[*networking.OutlierDetection]
	TLS              config.Setting[*networking.ClientTLSSettings]
	Tunnel           config.Setting[*networking.TrafficPolicy_TunnelSettings]
	ProxyProtocol    config.Setting[*networking.TrafficPolicy_ProxyProtocol]
	RetryBudget      config.Setting[*networking.TrafficPolicy_RetryBudget]
	Ports            []PortPolicy
}

// A PortPolicy is the settings of a policy for one port.
type PortPolicy struct {
	Number uint32
	Policy
}

// ReadPolicy reads the traffic policy that is written in a field below another; nil where there is none.
func ReadPolicy(in *networking.TrafficPolicy, parent config.Place, field string) *Policy {
	if in == nil {
		return nil
	}
	at := parent.Join(field)
	out := &Policy{
		At:               at,
		LoadBalancer:     block(in.LoadBalancer, at, "loadBalancer"),
		ConnectionPool:   block(in.ConnectionPool, at, "connectionPool"),
		OutlierDetection: block(in.OutlierDetection, at, "outlierDetection"),
		TLS:              block(in.Tls, at, "tls"),
		Tunnel:           block(in.Tunnel, at, "tunnel"),
		ProxyProtocol:    block(in.ProxyProtocol, at, "proxyProtocol"),
		RetryBudget:      block(in.RetryBudget, at, "retryBudget"),
	}
	for i, p := range in.PortLevelSettings {
		if p.GetPort() == nil {
			continue
		}
		at := at.Join("portLevelSettings").Index(i)
		out.Ports = append(out.Ports, PortPolicy{p.Port.Number, Policy{
			At:               at,
			LoadBalancer:     block(p.LoadBalancer, at, "loadBalancer"),
			ConnectionPool:   block(p.ConnectionPool, at, "connectionPool"),
			OutlierDetection: block(p.OutlierDetection, at, "outlierDetection"),
			TLS:              block(p.Tls, at, "tls"),
		}})
	}
	return out
}

func block[T any](value *T, at config.Place, field string) config.Setting[*T] {
	if value == nil {
		return config.Setting[*T]{}
	}
	return config.Setting[*T]{Value: value, At: at.Join(field)}
}

// Port returns the settings for a port, or nil. Of several for one port the first counts.
func (p *Policy) Port(number uint32) *Policy {
	if p == nil {
		return nil
	}
	for i := range p.Ports {
		if p.Ports[i].Number == number {
			return &p.Ports[i].Policy
		}
	}
	return nil
}

// For returns the settings that a policy has for a port: those for the port take the place of all others, also of blocks
// that they leave out. A nil policy has none.
func (p *Policy) For(port uint32) Policy {
	if at := p.Port(port); at != nil {
		return *at
	}
	if p == nil {
		return Policy{}
	}
	return *p
}
