package compile

import (
	"sync"
	"weak"

	"sem.example/internal/compile/outbound"
	"sem.example/internal/compile/security"
	"sem.example/internal/compile/sharing"
	"sem.example/internal/mesh"
)

// A Cache makes the compilers of the proxies of one mesh. What several sidecars have in common is built once: listeners for
// outbound traffic, the routes of VirtualServices, clusters and endpoints. The names of virtual hosts, and what handles inbound
// traffic, are built for each proxy alone.
//
// What is common lives for as long as a compiler that uses it. The zero Cache is ready to use, also by several goroutines.
type Cache struct {
	mu     sync.Mutex
	groups map[mesh.VisibleConfig]weak.Pointer[group]
}

// A group is the sidecars that see the same services and rules.
type group struct {
	*sharing.Group[*Compiler]
	egress outbound.Egress
}

// Compiler returns a compiler for one proxy's view.
func (a *Cache) Compiler(view *mesh.View) *Compiler {
	c := New(view)
	if view.IsGateway() {
		return c
	}
	g := a.group(mesh.VisibleConfigOf(view))
	c.group, c.common = g, g.Join(view)
	c.outboundView = mesh.Record(view)
	c.outbound = outbound.NewBuilder(c.outboundView, security.New(c.outboundView), &c.origins)
	c.outbound.Share(&g.egress, func(use func(*outbound.Builder)) {
		shared(c, func(from *Compiler) struct{} { use(from.outbound); return struct{}{} })
	})
	return c
}

func (a *Cache) group(of mesh.VisibleConfig) *group {
	a.mu.Lock()
	defer a.mu.Unlock()
	if g := a.groups[of].Value(); g != nil {
		return g
	}
	g := &group{}
	g.Group = sharing.NewGroup(func(recorded *mesh.View) *Compiler {
		c := New(recorded)
		c.outbound.Share(&g.egress, nil)
		return c
	})
	if a.groups == nil {
		a.groups = map[mesh.VisibleConfig]weak.Pointer[group]{}
	}
	a.groups[of] = weak.Make(g)
	return g
}
