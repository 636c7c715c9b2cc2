package compile

import (
	"slices"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/trafficpolicy"
	"sem.example/internal/source"
)

// describe tells what the cluster is made from: telemetry at once, people when they ask.
func (c *Compiler) describe(t *draft, d *destination, where placement) {
	t.Metadata = c.metadata(d)
	t.origins = func() trail {
		out := c.destinationOrigins(d, t.TransportSocket != nil)
		if t.CommonLbConfig.GetLocalityConfigSpecifier() != nil && where.from.Object != nil {
			out.add("locality", modifies(where.from.Object, where.from.Field))
		}
		switch t.GetType() {
		case clusterv3.Cluster_EDS:
			c.endpointOrigins(&out, c.groups(d, c.addressesOf(d)))
		case clusterv3.Cluster_STRICT_DNS, clusterv3.Cluster_LOGICAL_DNS:
			c.endpointOrigins(&out, c.groups(d, c.instancesOf(d)))
		}
		return out
	}
}

// A setting is a field of the mesh's settings that shows in a part of a cluster.
type setting struct{ part, field string }

func (t *draft) setting(part, field string) { t.settings = append(t.settings, setting{part, field}) }

// clusterOrigins says where the parts of one of the compiler's own clusters, and the endpoints in it, are written; nil
// for an unknown one.
func (c *Compiler) clusterOrigins(name string) envoy.Origins {
	return c.trails.get(name, func() envoy.Origins {
		t := c.draft(name)
		if t == nil {
			return nil
		}
		var all trail
		for _, s := range t.settings {
			all.add(s.part, c.fieldsOf(c.meshField(s.field), envoy.Modifies)...)
		}
		if t.origins != nil {
			all = append(all, t.origins()...)
		}
		out := envoy.Origins{}
		all.put(out, envoy.Cluster(name))
		return out
	})
}

// destinationOrigins says where a destination and what applies to its traffic are written.
func (c *Compiler) destinationOrigins(d *destination, encrypted bool) trail {
	var out trail
	p := d.policy
	out.add("", c.serviceFields(d)...)
	c.describeRule(&out, d)
	addBlock(c, &out, "balancer", p.LoadBalancer)
	addBlock(c, &out, "pool", p.ConnectionPool)
	addBlock(c, &out, "outlier", p.OutlierDetection)
	addBlock(c, &out, "retryBudget", p.RetryBudget)
	if d.sni {
		return out
	}
	addBlock(c, &out, "tls", p.TLS)
	addBlock(c, &out, "proxyProtocol", p.ProxyProtocol)
	if encrypted && !d.service.Kubernetes() && len(p.TLS.Value.GetSubjectAltNames()) == 0 {
		out.add("tls", c.fieldsOf(mesh.Written{Object: d.service.Object, Field: "spec.subjectAltNames"}, envoy.Modifies)...)
	}
	return out
}

// serviceFields are the origins of the port of a service that a cluster is for.
func (c *Compiler) serviceFields(d *destination) []envoy.Origin {
	return c.hosts.get(hostPort{d.service, d.port}, func() []envoy.Origin {
		o := d.service.Object
		out := []envoy.Origin{defines(o, d.service.Field)}
		if d.port.Field != "" {
			out = append(out, c.fieldsOf(d.service.Written(d.port), envoy.Defines)...)
		}
		if field := "spec.resolution"; o.Doc != nil && o.Doc.Lookup(field) != nil {
			out = append(out, defines(o, field))
		}
		return out
	})
}

// A hostPort is a port of a service: what all clusters for it, one a subset, come from.
type hostPort struct {
	service *mesh.Service
	port    *mesh.Port
}

func (c *Compiler) describeRule(out *trail, d *destination) {
	for _, l := range c.view.HiddenRules(d.service) {
		out.add("", overridden(l))
	}
	if s := d.rule.Subset(d.subset); s != nil {
		out.add("subset", c.fieldsOf(s.At.Join("name"), envoy.Defines)...)
		out.add("subset", c.fieldsOf(s.At.Join("labels"), envoy.Defines)...)
	}
}

// addBlock adds the origins of a block of a policy: the block, the fields of its values, and what it overrides.
func addBlock[M any](c *Compiler, out *trail, part string, b trafficpolicy.Block[M]) {
	out.add(part, c.fieldsOf(b.At, envoy.Modifies)...)
	for _, l := range b.Overridden {
		if l.Object != nil {
			out.add(part, overridden(l))
		}
	}
}

// fieldsOf returns the origins of what a place of a document holds: the place itself, and the field of every single
// value below it. Many clusters share a place, so each is looked up once.
func (c *Compiler) fieldsOf(place mesh.Written, role envoy.Role) []envoy.Origin {
	if place.Object == nil {
		return nil
	}
	return c.places.get(place, func() []envoy.Origin { return spelledAs(place.Object, place.Field, role) })
}

// values appends the paths of all strings, numbers and booleans at and below a path.
func values(paths []string, path string, n *source.Node) []string {
	if n == nil {
		return paths
	}
	switch n.Kind {
	case source.Map:
		for _, f := range n.Fields {
			paths = values(paths, source.Join(path, f.Key), f.Value)
		}
	case source.List:
		for i, item := range n.Items {
			paths = values(paths, source.Index(path, i), item)
		}
	case source.String, source.Number, source.Bool:
		paths = append(paths, path)
	}
	return paths
}

// endpointOrigins says which document each endpoint comes from, and which of its fields.
func (c *Compiler) endpointOrigins(out *trail, groups []*group) {
	for _, g := range groups {
		for i, e := range g.endpoints {
			out.add("endpoint/"+envoy.HostPort(g.members[i].GetEndpoint().GetAddress()), c.endpointFields(e)...)
		}
	}
}

func (c *Compiler) endpointFields(e *mesh.Endpoint) []envoy.Origin {
	switch {
	case e.Object == nil:
		return nil
	case e.Object.Kind == "ServiceEntry":
		return c.fieldsOf(mesh.Written{Object: e.Object, Field: e.Field}, envoy.Defines)
	case e.Object.Kind == "WorkloadEntry":
		return slices.Concat([]envoy.Origin{defines(e.Object, e.Field)},
			c.fieldsOf(mesh.Written{Object: e.Object, Field: "spec"}, envoy.Defines)[1:])
	}
	return []envoy.Origin{defines(e.Object, e.Field)}
}
