package cluster

import (
	"slices"

	"sem.example/internal/clustername"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/trafficpolicy"
)

// A destination is what the cluster of a service leads to: a port of it, or of one of its subsets.
type destination struct {
	name    string // of the cluster
	service *mesh.Service
	port    *mesh.Port
	subset  string // "" for the whole service
	sni     bool   // reached by the SNI of TLS that passes untouched
	rule    *mesh.DestinationRule
	policy  *trafficpolicy.Effective // see policyFor
}

// byName reports whether the proxy looks up the name of each request.
func (d *destination) byName() bool { return proxy.Dynamic(d.service) && !d.sni }

// destination takes the name of a cluster apart and looks its parts up, but for the policy; nil where any is missing.
func (c *Builder) destination(name string) *destination {
	key, ok := clustername.Parse(name)
	if !ok || key.Direction != "outbound" {
		return nil
	}
	s := c.view.Service(key.Host)
	if s == nil {
		return nil
	}
	i := slices.IndexFunc(s.Ports, func(p *mesh.Port) bool {
		return p.Number == key.Port && (key.SNI && c.passesSNI(s, p) || !key.SNI && reachable(s, p))
	})
	if i < 0 {
		return nil
	}
	d := &destination{name: name, service: s, port: s.Ports[i], subset: key.Subset, sni: key.SNI, rule: c.view.DestinationRule(s)}
	if d.subset != "" && (proxy.Dynamic(s) || d.rule.Subset(d.subset) == nil) {
		return nil
	}
	return d
}

// dynamic reports whether the destination is a name that only the request tells. Without a service it may be any name.
func (d *destination) dynamic() bool { return d.service == nil || proxy.Dynamic(d.service) }
