package migrate

import (
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
)

// virtualService writes the routes of a VirtualService.
func (c *converter) virtualService(v *routing.Rules) {
	before := len(c.plan.Resources)
	scopes := c.scopes(v)
	if len(v.HTTP) > 0 {
		c.httpRoutes(v, scopes)
	}
	c.connectionRoutes(v, scopes)
	if len(c.plan.Resources) == before {
		c.remark(Kept, config.At(v.Object, ""), named(v.Object)+" stays: nothing of it can be a route")
		return
	}
	c.plan.Replaced[v.Object.Doc] = true
	for _, r := range v.HTTP {
		if r.At.Object != nil && r.At.Object != v.Object { // of a delegate
			c.plan.Replaced[r.At.Object.Doc] = true
		}
	}
}

// scopes are the gateways and the hosts of the mesh that rules are bound to.
func (c *converter) scopes(v *routing.Rules) []scope {
	var out []scope
	for i, name := range v.Gateways {
		at := config.At(v.Object, "spec.gateways").Item(i)
		if name != routing.MeshGateway {
			if g := c.gateways[name]; g != nil {
				out = append(out, scope{gateway: g, name: name})
			} else {
				c.lost(at, "Gateway "+name+" is not in the input: no route is attached to it")
			}
			continue
		}
		for _, h := range v.Hosts {
			services := c.mesh.ServicesOf(h.Name)
			if len(services) == 0 {
				c.lost(h.At, "no Service or ServiceEntry of the input has host "+h.Name+": a route in the mesh needs one as its parent")
				continue
			}
			s := scope{name: name, service: services[0]}
			if !slices.ContainsFunc(out, func(o scope) bool { return o.service != nil && o.service.Object == s.service.Object }) {
				out = append(out, s)
			}
		}
	}
	return out
}
