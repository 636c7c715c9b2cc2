package patch

import (
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/envoy"
)

// A listenerEdit is one listener while patches are applied to it.
type listenerEdit struct {
	set      *Patches
	context  Context
	listener *listenerv3.Listener // a copy that may be changed
	chain    *listenerv3.FilterChain
	index    int // of the chain; -1 for the default chain
}

// patches are those of a kind that are about the listener.
func (x *listenerEdit) patches(to networking.EnvoyFilter_ApplyTo) []*Patch {
	return slices.DeleteFunc(x.set.to(to, x.context), func(p *Patch) bool { return !p.listener(x.listener) })
}

func (x *listenerEdit) changed(p *Patch) { x.set.changed(p, envoy.Listener(x.listener.GetName())) }

// chainPatches are the patches of a kind that are about the chain at hand.
func (x *listenerEdit) chainPatches(to networking.EnvoyFilter_ApplyTo) []*Patch {
	return slices.DeleteFunc(x.patches(to), func(p *Patch) bool { return !p.chain(x.listener, x.chain) })
}

func (x *listenerEdit) changedChain(p *Patch) {
	x.set.changed(p, envoy.FilterChain(x.listener.GetName(), x.index))
}
