package cluster

import (
	"slices"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/trafficpolicy"
)

// describe tells what the cluster is made from: telemetry at once, people when they ask.
func (c *Builder) describe(t *Mutable, d *destination, where placement) {
	t.Metadata = c.metadata(d)
	t.Origins = func() origin.List {
		out := c.destinationOrigins(d, t.TransportSocket != nil)
		if t.CommonLbConfig.GetLocalityConfigSpecifier() != nil && where.from.Object != nil {
			out.Add("locality", origin.Modifies(where.from.Object, where.from.Field))
		}
		var groups []*group
		switch t.GetType() {
		case clusterv3.Cluster_EDS:
			groups = localityGroups(c.view, d, addressesOf(c.view, d))
		case clusterv3.Cluster_STRICT_DNS, clusterv3.Cluster_LOGICAL_DNS:
			groups = localityGroups(c.view, d, instancesOf(c.view, d))
		}
		c.endpointOrigins(&out, groups)
		where.leftOut(&out, groups)
		return out
	}
}

// OriginsOf returns where the parts of a cluster, and the endpoints in it, are written; nil without a cluster.
func (c *Builder) OriginsOf(t *Mutable) envoy.Origins {
	if t == nil {
		return nil
	}
	var all origin.List
	for _, s := range t.settings {
		all.Add(s.part, c.fieldsOf(meshField(c.view, s.field), envoy.Modifies)...)
	}
	if t.Origins != nil {
		all = append(all, t.Origins()...)
	}
	out := envoy.Origins{}
	all.Put(out, envoy.Cluster(t.Name))
	return out
}

// destinationOrigins returns where a destination and what applies to its traffic are written.
func (c *Builder) destinationOrigins(d *destination, encrypted bool) origin.List {
	var out origin.List
	p := d.policy
	out.Add("", c.serviceFields(d)...)
	c.describeRule(&out, d)
	AddPolicy(c, &out, "balancer", p.LoadBalancer)
	AddPolicy(c, &out, "pool", p.ConnectionPool)
	AddPolicy(c, &out, "outlier", p.OutlierDetection)
	AddPolicy(c, &out, "retryBudget", p.RetryBudget)
	if d.sni {
		return out
	}
	AddPolicy(c, &out, "tls", p.TLS)
	AddPolicy(c, &out, "proxyProtocol", p.ProxyProtocol)
	if encrypted && len(d.service.SubjectAltNames) > 0 && len(p.TLS.Value.GetSubjectAltNames()) == 0 {
		out.Add("tls", c.fieldsOf(config.Place{Object: d.service.Object, Field: "spec.subjectAltNames"}, envoy.Modifies)...)
	}
	return out
}

// serviceFields are the origins of the port of a service that a cluster is for.
func (c *Builder) serviceFields(d *destination) []envoy.Origin {
	return c.hosts.Get(hostPort{d.service, d.port}, func() []envoy.Origin {
		o := d.service.Object
		out := []envoy.Origin{origin.Defines(o, d.service.Field)}
		if d.port.Field != "" {
			out = append(out, c.fieldsOf(d.service.PlaceOf(d.port), envoy.Defines)...)
		}
		if field := "spec.resolution"; o.Doc != nil && o.Doc.Lookup(field) != nil {
			out = append(out, origin.Defines(o, field))
		}
		return out
	})
}

func (c *Builder) describeRule(out *origin.List, d *destination) {
	for _, l := range c.view.HiddenRules(d.service) {
		out.Add("", origin.Overridden(l))
	}
	if s := d.rule.Subset(d.subset); s != nil {
		out.Add("subset", c.fieldsOf(s.At.Join("name"), envoy.Defines)...)
		out.Add("subset", c.fieldsOf(s.At.Join("labels"), envoy.Defines)...)
	}
}

// AddPolicy adds the origins of a block of a policy: the block, the fields of its values, and what it overrides.
func AddPolicy[M any](c *Builder, out *origin.List, part string, b trafficpolicy.Block[M]) {
	out.Add(part, c.fieldsOf(b.At, envoy.Modifies)...)
	for _, l := range b.Overridden {
		if l.Object != nil {
			out.Add(part, origin.Overridden(l))
		}
	}
}

// fieldsOf returns the origins of what a place of a document holds: the place itself, and the field of every single
// value below it. Many clusters share a place, so each is looked up once.
func (c *Builder) fieldsOf(place config.Place, role envoy.Role) []envoy.Origin {
	if place.Object == nil {
		return nil
	}
	return c.places.Get(place, func() []envoy.Origin { return origin.Tree(place.Object, place.Field, role) })
}

// endpointOrigins notes which document each endpoint comes from, and which of its fields.
func (c *Builder) endpointOrigins(out *origin.List, groups []*group) {
	for _, g := range groups {
		for i, e := range g.endpoints {
			out.Add("endpoint/"+envoy.HostPort(g.members[i].GetEndpoint().GetAddress()), c.endpointFields(e)...)
		}
	}
}

func (c *Builder) endpointFields(e *mesh.Endpoint) []envoy.Origin {
	switch {
	case e.Object == nil:
		return nil
	case e.Object.Kind == "ServiceEntry":
		return c.fieldsOf(config.Place{Object: e.Object, Field: e.Field}, envoy.Defines)
	case e.Object.Kind == "WorkloadEntry":
		return slices.Concat([]envoy.Origin{origin.Defines(e.Object, e.Field)},
			c.fieldsOf(config.Place{Object: e.Object, Field: "spec"}, envoy.Defines)[1:])
	}
	return []envoy.Origin{origin.Defines(e.Object, e.Field)}
}
