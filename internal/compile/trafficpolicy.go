package compile

import (
	"fmt"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// A policy is what applies to the traffic of one cluster, after all layers are laid over each other: the mesh's default,
// the DestinationRule, its settings for the port, the subset, and the subset's settings for the port.
type policy struct {
	balancer      block[networking.LoadBalancerSettings]
	pool          block[networking.ConnectionPoolSettings]
	outlier       block[networking.OutlierDetection]
	tls           block[networking.ClientTLSSettings]
	tunnel        block[networking.TrafficPolicy_TunnelSettings]
	proxyProtocol block[networking.TrafficPolicy_ProxyProtocol]
	retryBudget   block[networking.TrafficPolicy_RetryBudget]
}

// A block is one block of a policy. Blocks are the unit of layering: a later layer replaces a block as a whole and never
// fills in single fields.
type block[M any] struct {
	value *M           // nil where no layer sets it
	from  mesh.Written // where the value stands
	lost  []mesh.Loser // what earlier layers said
}

func (b *block[M]) set(value *M, from mesh.Written, why string) {
	b.unset(why)
	b.value, b.from = value, from
}

func (b *block[M]) unset(why string) {
	if b.value != nil {
		b.lose(b.from, why)
	}
	b.value, b.from = nil, mesh.Written{}
}

func (b *block[M]) lose(at mesh.Written, why string) {
	b.lost = append(b.lost, mesh.Loser{Object: at.Object, Field: at.Field, Reason: why})
}

// A layer is a traffic policy as one place of a document writes it.
type layer struct {
	*networking.TrafficPolicy
	at    mesh.Written // of the policy
	name  string       // for the reason that earlier layers lost
	alone bool         // settings of a port: a block that they leave out goes back to Envoy's default
}

func (l layer) field(name string) mesh.Written {
	return mesh.Written{Object: l.at.Object, Field: source.Join(l.at.Field, name)}
}

// policyFor returns what applies to the traffic that the proxy sends to a destination.
func (c *Compiler) policyFor(d *destination) *policy {
	p := c.meshPolicy()
	p.layOver(d.rule, d.port.Number, d.subset)
	return p
}

// meshPolicy returns what applies where no DestinationRule says anything, to be laid over.
func (c *Compiler) meshPolicy() *policy {
	p := c.base.get(func() policy {
		var p policy
		all := c.view.Mesh.Settings.Config.GetDefaultTrafficPolicy()
		p.overlay(layer{
			TrafficPolicy: &networking.TrafficPolicy{
				ConnectionPool: all.GetConnectionPool(), OutlierDetection: all.GetOutlierDetection(),
			},
			at: c.meshField("defaultTrafficPolicy"),
		})
		return p
	})
	return &p
}

// meshField is where the mesh's settings have a field; nowhere for a default.
func (c *Compiler) meshField(field string) mesh.Written { return c.view.Mesh.Settings.Written(field) }

// layOver lays a rule and one of its subsets over the policy. An unknown subset is no layer.
func (p *policy) layOver(rule *mesh.DestinationRule, port uint32, subset string) {
	if rule == nil {
		return
	}
	l := p.forPort(layerOf(rule.Spec.GetTrafficPolicy(), rule.Host.Object, "spec", "the DestinationRule "+rule.Host.Object.Name), port)
	l.alone = false // below the rule's settings for a port only the mesh's default shows through
	p.overlay(l)
	if s := findSubset(rule, subset); s != nil && s.TrafficPolicy != nil {
		at := rule.Subsets[subset]
		p.overlay(p.forPort(layerOf(s.TrafficPolicy, at.Object, at.Field, "subset "+subset), port))
	}
}

// layerOf is the layer of the policy that stands below a path.
func layerOf(policy *networking.TrafficPolicy, o *config.Object, path, name string) layer {
	return layer{TrafficPolicy: policy, at: mesh.Written{Object: o, Field: source.Join(path, "trafficPolicy")}, name: name}
}

// findSubset returns a rule's subset of that name, or nil. The empty name is no subset.
func findSubset(rule *mesh.DestinationRule, name string) *networking.Subset {
	if rule == nil || name == "" {
		return nil
	}
	for _, s := range rule.Spec.GetSubsets() {
		if s.GetName() == name {
			return s
		}
	}
	return nil
}

// spec is what a rule says; nil where there is no rule.
func spec(rule *mesh.DestinationRule) *networking.DestinationRule {
	if rule == nil {
		return nil
	}
	return rule.Spec
}

// forPort returns the layer's settings for a port if it has any: they stand in for the whole layer, which loses.
func (p *policy) forPort(l layer, port uint32) layer {
	for i, s := range l.GetPortLevelSettings() {
		if s.GetPort() == nil || s.GetPort().GetNumber() != port {
			continue
		}
		p.pass(l, fmt.Sprintf("settings for port %d replace all others of %s", port, l.name))
		return layer{
			TrafficPolicy: &networking.TrafficPolicy{
				LoadBalancer: s.LoadBalancer, ConnectionPool: s.ConnectionPool, OutlierDetection: s.OutlierDetection, Tls: s.Tls,
			},
			at:    mesh.Written{Object: l.at.Object, Field: source.Index(source.Join(l.at.Field, "portLevelSettings"), i)},
			name:  fmt.Sprintf("%s for port %d", l.name, port),
			alone: true,
		}
	}
	return l
}

// overlay lays one layer over the policy.
func (p *policy) overlay(l layer) {
	put(&p.balancer, l, "loadBalancer", l.GetLoadBalancer(), l.alone)
	put(&p.pool, l, "connectionPool", l.GetConnectionPool(), l.alone)
	put(&p.outlier, l, "outlierDetection", l.GetOutlierDetection(), l.alone)
	put(&p.tls, l, "tls", l.GetTls(), l.alone)
	put(&p.tunnel, l, "tunnel", l.GetTunnel(), false)
	put(&p.proxyProtocol, l, "proxyProtocol", l.GetProxyProtocol(), false)
	put(&p.retryBudget, l, "retryBudget", l.GetRetryBudget(), false)
}

func put[M any](b *block[M], l layer, field string, value *M, clear bool) {
	switch {
	case value != nil:
		b.set(value, l.field(field), l.name+" sets its own")
	case clear:
		b.unset(l.name + " leaves it out, which means the default")
	}
}

// pass notes that a layer does not apply at all.
func (p *policy) pass(l layer, why string) {
	skip(&p.balancer, l, "loadBalancer", l.GetLoadBalancer(), why)
	skip(&p.pool, l, "connectionPool", l.GetConnectionPool(), why)
	skip(&p.outlier, l, "outlierDetection", l.GetOutlierDetection(), why)
	skip(&p.tls, l, "tls", l.GetTls(), why)
	skip(&p.tunnel, l, "tunnel", l.GetTunnel(), why)
	skip(&p.proxyProtocol, l, "proxyProtocol", l.GetProxyProtocol(), why)
	skip(&p.retryBudget, l, "retryBudget", l.GetRetryBudget(), why)
}

func skip[M any](b *block[M], l layer, field string, value *M, why string) {
	if value != nil {
		b.lose(l.field(field), why)
	}
}
