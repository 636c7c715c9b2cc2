// Package trafficpolicy is the model of traffic policies: what applies to the connections and requests that proxies send to a
// host. Every setting knows the field that it was written in.
//
// A [Policy] is what one place of a document sets, in blocks such as loadBalancer or tls. A [Rule] is what one or more
// DestinationRules of a host come to for a client: a policy for the host, its subsets, and policies of these. An
// [Effective] policy is what is left for one cluster after all layers: the default of the mesh, the rule, its settings for
// the port, the subset, and the subset's settings for the port. A block is the unit of layering: a later layer replaces it
// as a whole.
//
// DestinationRules fill the model, and the policies of the Gateway API that are attached to a Service: they set single blocks
// of the same Rule, BackendTLSPolicy and XBackend its tls, XBackendTrafficPolicy its retryBudget.
package trafficpolicy

import (
	"slices"

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

// fill returns the policy with what another sets where it sets nothing itself, block by block. What of the other it overrides is
// appended to a list.
func (p *Policy) fill(other *Policy, ignored *[]config.Ignored) *Policy {
	out := *p
	why := "the " + p.At.Object.KindName() + " " + p.At.Object.Name + " sets its own"
	fillBlocks(&out, other, why, ignored)
	out.Ports = slices.Clone(p.Ports)
	for _, theirs := range other.Ports {
		if own := out.Port(theirs.Number); own != nil {
			fillBlocks(own, &theirs.Policy, why, ignored)
		} else {
			out.Ports = append(out.Ports, theirs)
		}
	}
	return &out
}

func fillBlocks(p, other *Policy, why string, ignored *[]config.Ignored) {
	fillBlock(&p.LoadBalancer, other.LoadBalancer, why, ignored)
	fillBlock(&p.ConnectionPool, other.ConnectionPool, why, ignored)
	fillBlock(&p.OutlierDetection, other.OutlierDetection, why, ignored)
	fillBlock(&p.TLS, other.TLS, why, ignored)
	fillBlock(&p.Tunnel, other.Tunnel, why, ignored)
	fillBlock(&p.ProxyProtocol, other.ProxyProtocol, why, ignored)
	fillBlock(&p.RetryBudget, other.RetryBudget, why, ignored)
}

func fillBlock[T any](own *config.Setting[*T], other config.Setting[*T], why string, ignored *[]config.Ignored) {
	switch {
	case !own.IsSet():
		*own = other
	case other.IsSet():
		*ignored = append(*ignored, other.At.Ignore(why))
	}
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
