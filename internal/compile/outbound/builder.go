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
	shared  *Builder // of the sidecars that are sent the same, or itself

	egress *lazy.Value[[]*egress] // see egresses
	ruled  lazy.Map[ruledKey, []route.Route]
	tables lazy.Map[string, *outboundTable]
}

// egresses are the proxy's outbound listeners in the order of its Sidecar.
func (c *Builder) egresses() []*egress {
	return c.shared.egress.Get(func() []*egress {
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
	c := &Builder{view: view, access: access, origins: origins, egress: &lazy.Value[[]*egress]{}}
	c.shared = c
	return c
}

// Share takes what sidecars have in common from the builder for all of them.
func (c *Builder) Share(with *Builder) { c.shared = with }

// UseEgress takes the indexed services of another builder for the same view.
func (c *Builder) UseEgress(of *Builder) { c.egress = of.egress }
