package compile

import (
	"sync"
	"weak"

	"sem.example/internal/mesh"
)

// A Family makes the compilers of the proxies of one mesh. What sidecars of one [mesh.Archetype] have in common is built
// once, by a compiler for the archetype itself, their kin: listeners for outbound traffic, the routes of VirtualServices,
// clusters and endpoints. That is right because the kin's view shows it nothing of the single proxy, and because an
// archetype keeps all that these are made from. Inbound traffic and the names of virtual hosts are each proxy's own.
//
// A kin lives for as long as a compiler that uses it. The zero Family is ready to use, also by several goroutines.
type Family struct {
	mu  sync.Mutex
	kin map[string]weak.Pointer[Compiler] // by the key of the archetype
}

// Compiler returns a compiler for one proxy's view.
func (f *Family) Compiler(view *mesh.View) *Compiler {
	c := New(view)
	if view.Proxy.Type != mesh.Gateway {
		c.kin = f.of(view.Archetype())
		c.outbound.Share(c.kin.outbound)
	}
	return c
}

func (f *Family) of(a mesh.Archetype) *Compiler {
	f.mu.Lock()
	defer f.mu.Unlock()
	if kin := f.kin[a.Key].Value(); kin != nil {
		return kin
	}
	kin := New(a.View())
	if f.kin == nil {
		f.kin = map[string]weak.Pointer[Compiler]{}
	}
	f.kin[a.Key] = weak.Make(kin)
	return kin
}
