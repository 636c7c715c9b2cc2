package world

import (
	"slices"

	"sem.example/internal/config"
)

// services gives an address to each Service that would get one from the API server.
func (c *completer) services() {
	for _, o := range c.inputs.services {
		spec := config.Spec[*config.Service](o)
		if spec.Spec.ClusterIP != "" || len(spec.Spec.ClusterIPs) > 0 || spec.Spec.Type == "ExternalName" {
			continue
		}
		full := *spec
		for _, ipv6 := range c.families(spec) {
			full.Spec.ClusterIPs = append(full.Spec.ClusterIPs, c.world.placeholders.allocate(serviceBlock, ipv6, c.cluster+o.Kind, o.Namespace, o.Name, o))
		}
		full.Spec.ClusterIP = full.Spec.ClusterIPs[0]
		c.replace(o, o.Meta, &full)
		c.assume(Assumption{
			What: Address, Object: o, Field: "spec",
			Message: "Service " + nameOf(o) + " has an address",
			Because: "it has no clusterIP, and a cluster would give it one",
		})
	}
}

// families returns the IP families of a Service's addresses, each as whether it is IPv6.
func (c *completer) families(s *config.Service) []bool {
	if len(s.Spec.IPFamilies) == 0 {
		return []bool{c.inputs.ipv6}
	}
	var out []bool
	for _, f := range s.Spec.IPFamilies {
		if ipv6 := f == "IPv6"; !slices.Contains(out, ipv6) {
			out = append(out, ipv6)
		}
	}
	return out
}
