package outbound

import (
	"maps"
	"slices"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/route"
	"sem.example/internal/compile/security"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
)

// An Builder builds what handles the traffic that a workload sends.
type Builder struct {
	view    *mesh.View
	access  *security.Access
	origins *origin.Store

	egress *Egress                  // see egresses
	shared func(use func(*Builder)) // hands over the builder of the routes that sidecars have in common; nil for this one
	ruled  lazy.Map[ruledKey, []route.Route]
	tables lazy.Map[string, *outboundTable]
}

// egresses are the proxy's outbound listeners in the order of its Sidecar.
func (c *Builder) egresses() []*egress {
	return c.egress.list.Get(func() []*egress {
		var all []*egress
		for _, l := range c.view.Egress {
			all = append(all, newEgress(l))
		}
		return all
	})
}

// egressFor returns the egress that a route table is made from: the first with its port, or with its name as a Unix
// socket, else the one for all other ports; nil where the Sidecar has none of these.
func (c *Builder) egressFor(port uint32, table string) *egress {
	for _, e := range c.egresses() {
		at := e.port()
		switch {
		case at == nil:
			return e
		case at.Number == port && (port != 0 || e.Spec.Bind == table):
			return e
		}
	}
	return nil
}

// Ports returns the ports that the sidecar has outbound listeners for, sorted. Port 0 stands for Unix sockets.
func (c *Builder) Ports() []uint32 {
	ports := map[uint32]bool{}
	for _, e := range c.egresses() {
		if at := e.port(); at != nil {
			ports[at.Number] = true
			continue
		}
		for p := range e.ports {
			ports[p] = true
		}
	}
	if p := proxy.HTTPProxyPort(c.view); p != 0 {
		ports[p] = true
	}
	return slices.Sorted(maps.Keys(ports))
}

// NewBuilder returns a builder for one sidecar, which records origins in a store.
func NewBuilder(view *mesh.View, access *security.Access, origins *origin.Store) *Builder {
	c := &Builder{view: view, access: access, origins: origins, egress: &Egress{}}
	return c
}

// An Egress is the indexed services and rules of the outbound listeners of sidecars that see the same.
type Egress struct{ list lazy.Value[[]*egress] }

// Share takes the indexed services of sidecars that see the same, and the routes of VirtualServices from the builders that
// shared hands over; a nil function leaves the routes to this builder.
func (c *Builder) Share(egress *Egress, shared func(use func(*Builder))) {
	c.egress, c.shared = egress, shared
}

// UseEgress takes the indexed services of another builder for the same view.
func (c *Builder) UseEgress(of *Builder) { c.egress = of.egress }
