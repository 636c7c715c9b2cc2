package gateway

import (
	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// A gatewayPort is a port of a gateway whose listeners are being built.
type gatewayPort struct {
	number uint32
	sni    map[string]string       // the names that chains ask for so far, and the address that was last bound for them
	binds  map[string]*gatewayBind // by address
}

// A gatewayBind is the listener of one address and port that is being built.
type gatewayBind struct {
	chains  []*filterchain.Chain
	servers []envoy.Origin // that it is for
	lost    []envoy.Origin // servers and rules that have no part in it
}

func (p *gatewayPort) bind(address string) *gatewayBind {
	if p.binds[address] == nil {
		p.binds[address] = &gatewayBind{}
	}
	return p.binds[address]
}

func (b *gatewayBind) lose(at config.Place, why string) {
	b.lost = append(b.lost, origin.Overridden(at.Ignore(why)))
}

// claim takes names for a chain, unless one of them is taken at the same address: Envoy refuses a listener of which two
// chains match alike.
func (p *gatewayPort) claim(names []string, bind string) (taken string, ok bool) {
	for _, name := range names {
		if at, known := p.sni[name]; known && at == bind {
			return name, false
		}
	}
	for _, name := range names {
		p.sni[name] = bind
	}
	return "", true
}

// bindOf is the address that servers bind, by default the one that stands for all.
func bindOf(view *mesh.View, bind string) string {
	if bind == "" {
		return proxy.Wildcards(view)[0]
	}
	return bind
}
