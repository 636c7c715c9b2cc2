package trafficpolicy

import (
	"fmt"

	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// An Effective policy is what applies to the traffic of one cluster after all layers.
type Effective struct {
	LoadBalancer     Block[networking.LoadBalancerSettings]
	ConnectionPool   Block[networking.ConnectionPoolSettings]
	OutlierDetection Block[networking.OutlierDetection]
	TLS              Block[networking.ClientTLSSettings]
	Tunnel           Block[networking.TrafficPolicy_TunnelSettings]
	ProxyProtocol    Block[networking.TrafficPolicy_ProxyProtocol]
	RetryBudget      Block[networking.TrafficPolicy_RetryBudget]
}

// A Block is one block of an effective policy.
type Block[T any] struct {
	config.Setting[*T]                  // of the layer that counts; zero where none sets the block
	Overridden         []config.Ignored // what earlier layers set
}

// Override replaces what earlier layers set.
func (b *Block[T]) Override(value *T, at config.Place, why string) {
	b.clear(why)
	b.Value, b.At = value, at
}

func (b *Block[T]) clear(why string) {
	if b.Value != nil {
		b.Overridden = append(b.Overridden, b.At.Ignore(why))
	}
	b.Setting = config.Setting[*T]{}
}

// Default is what applies where no rule does: the default of the mesh, which is written in a field of its settings.
func Default(in *meshconfig.MeshConfig_DefaultTrafficPolicy, at config.Place) Effective {
	var e Effective
	e.apply(layer{Policy: Policy{
		ConnectionPool:   meshBlock(in.GetConnectionPool(), at, "connectionPool"),
		OutlierDetection: meshBlock(in.GetOutlierDetection(), at, "outlierDetection"),
	}})
	return e
}

// meshBlock is a block of the default, which may come from no document.
func meshBlock[T any](value *T, at config.Place, field string) config.Setting[*T] {
	return config.Setting[*T]{Value: value, At: at.Join(field)}
}

// Apply lays a rule and one of its subsets over what applies to a port. An unknown subset is not a layer.
func (e *Effective) Apply(r *Rule, port uint32, subset string) {
	if r == nil {
		return
	}
	if r.Policy != nil {
		l := e.forPort(layer{Policy: *r.Policy, name: "the " + r.Object.KindName() + " " + r.Object.Name}, port)
		l.complete = false // below the rule's settings for a port only the default of the mesh shows through
		e.apply(l)
	}
	if p := r.SubsetPolicy(subset); p != nil {
		e.apply(e.forPort(layer{Policy: *p, name: "subset " + subset}, port))
	}
}

// DropRetryBudget leaves the retry budget out.
func (e *Effective) DropRetryBudget(why string) { e.RetryBudget.clear(why) }

// A layer is a policy that is laid over others.
type layer struct {
	Policy
	name     string // for the reason that earlier layers do not apply
	complete bool   // a block that it leaves out goes back to Envoy's default
}

// forPort returns the layer's settings for a port, which take the place of the whole layer, or else the layer.
func (e *Effective) forPort(l layer, port uint32) layer {
	p := l.Port(port)
	if p == nil {
		return l
	}
	e.pass(l, fmt.Sprintf("settings for port %d replace all others of %s", port, l.name))
	return layer{Policy: *p, name: fmt.Sprintf("%s for port %d", l.name, port), complete: true}
}

func (e *Effective) apply(l layer) {
	put(&e.LoadBalancer, l.LoadBalancer, l, l.complete)
	put(&e.ConnectionPool, l.ConnectionPool, l, l.complete)
	put(&e.OutlierDetection, l.OutlierDetection, l, l.complete)
	put(&e.TLS, l.TLS, l, l.complete)
	put(&e.Tunnel, l.Tunnel, l, false)
	put(&e.ProxyProtocol, l.ProxyProtocol, l, false)
	put(&e.RetryBudget, l.RetryBudget, l, false)
}

func put[T any](b *Block[T], s config.Setting[*T], l layer, clear bool) {
	switch {
	case s.Value != nil:
		b.Override(s.Value, s.At, l.name+" sets its own")
	case clear:
		b.clear(l.name + " leaves it out, which means the default")
	}
}

// pass notes that a layer does not apply at all.
func (e *Effective) pass(l layer, why string) {
	skip(&e.LoadBalancer, l.LoadBalancer, why)
	skip(&e.ConnectionPool, l.ConnectionPool, why)
	skip(&e.OutlierDetection, l.OutlierDetection, why)
	skip(&e.TLS, l.TLS, why)
	skip(&e.Tunnel, l.Tunnel, why)
	skip(&e.ProxyProtocol, l.ProxyProtocol, why)
	skip(&e.RetryBudget, l.RetryBudget, why)
}

func skip[T any](b *Block[T], s config.Setting[*T], why string) {
	if s.Value != nil {
		b.Overridden = append(b.Overridden, s.At.Ignore(why))
	}
}
