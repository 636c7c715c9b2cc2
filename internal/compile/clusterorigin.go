package compile

import (
	"strings"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// describe writes down what the cluster was made from, for people and for telemetry.
func (c *Compiler) describe(t *draft, d *destination) {
	t.Metadata = d.metadata()
	at, p := envoy.Cluster(d.name), d.policy
	c.describeService(at, d)
	c.describeRule(at, d)
	recordBlock(&c.origins, at.Part("balancer"), p.balancer)
	recordBlock(&c.origins, at.Part("pool"), p.pool)
	recordBlock(&c.origins, at.Part("outlier"), p.outlier)
	recordBlock(&c.origins, at.Part("retryBudget"), p.retryBudget)
	if d.sni {
		return
	}
	recordBlock(&c.origins, at.Part("tls"), p.tls)
	recordBlock(&c.origins, at.Part("proxyProtocol"), p.proxyProtocol)
	if t.TransportSocket != nil && !d.service.Kubernetes() && len(p.tls.value.GetSubjectAltNames()) == 0 {
		c.origins.details(at.Part("tls").Part("subjectAltNames"), mesh.Written{Object: d.service.Object, Field: "spec.subjectAltNames"})
	}
}

func (c *Compiler) describeService(at envoy.Addr, d *destination) {
	o := d.service.Object
	c.origins.record(at, defines(o, d.service.Field))
	if d.port.Field != "" {
		c.origins.record(at, defines(o, d.port.Field))
		c.origins.details(at.Part("port"), mesh.Written{Object: o, Field: d.port.Field})
	}
	if resolution := "spec.resolution"; o.Doc != nil && o.Doc.Lookup(resolution) != nil {
		c.origins.record(at.Part("discovery"), defines(o, resolution))
	}
}

func (c *Compiler) describeRule(at envoy.Addr, d *destination) {
	if d.rule == nil {
		return
	}
	for _, l := range d.rule.Hidden {
		c.origins.record(at, overridden(l))
	}
	if from, ok := d.rule.Subsets[d.subset]; ok {
		c.origins.record(at.Part("subset"), defines(from.Object, from.Field))
		c.origins.details(at.Part("subset"), mesh.Written{Object: from.Object, Field: from.Field + ".labels"})
	}
}

// recordBlock writes down where a block of a policy comes from, and below that the field that each of its values has.
func recordBlock[M any](l *ledger, at envoy.Addr, b block[M]) {
	l.record(at, b.origins()...)
	l.details(at, b.from)
}

// details writes down, below an address, the field of every single value that a place of a document holds.
func (l *ledger) details(at envoy.Addr, place mesh.Written) {
	if place.Object == nil || place.Object.Doc == nil {
		return
	}
	for _, field := range values(nil, place.Field, place.Object.Doc.Lookup(place.Field)) {
		if below := strings.TrimPrefix(strings.TrimPrefix(field, place.Field), "."); below != "" {
			l.record(at.Part(below), modifies(place.Object, field))
		}
	}
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

// setting writes down that a setting of the mesh shows in a part of a cluster.
func (c *Compiler) setting(t *draft, part, field string) {
	if from := c.meshField(field); from.Object != nil {
		at := envoy.Cluster(t.Name).Part(part).Part(field)
		c.origins.record(at, modifies(from.Object, from.Field))
		c.origins.details(at, from)
	}
}

// describeEndpoint writes down which document an endpoint comes from, and which of its fields.
func (c *Compiler) describeEndpoint(at envoy.Addr, e *mesh.Endpoint) {
	if e.Object == nil {
		return
	}
	c.origins.record(at, defines(e.Object, e.Field))
	place := mesh.Written{Object: e.Object, Field: e.Field}
	if e.Object.Kind == "WorkloadEntry" {
		place.Field = "spec"
	}
	c.origins.details(at, place)
}
