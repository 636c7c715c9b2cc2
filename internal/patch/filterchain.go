package patch

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/envoy"
)

// chains patches the filter chains, then adds those of patches.
func (x *listenerEdit) chains() error {
	gone := map[*listenerv3.FilterChain]bool{}
	for i, c := range x.listener.GetFilterChains() {
		keep, err := x.patchChain(c, i)
		if err != nil {
			return err // a chain that was to go stays, as the list is put together at the end only
		}
		gone[c] = !keep
	}
	if c := x.listener.GetDefaultFilterChain(); c != nil {
		keep, err := x.patchChain(c, -1)
		if err != nil {
			return err
		}
		if !keep {
			x.listener.DefaultFilterChain = nil
		}
	}
	for _, p := range x.patches(networking.EnvoyFilter_FILTER_CHAIN) {
		if p.Operation != add || p.value == nil {
			continue
		}
		if added := valueAs[*listenerv3.FilterChain](p); len(added.GetFilters()) > 0 {
			x.listener.FilterChains = append(x.listener.FilterChains, added)
			x.set.changed(p, envoy.FilterChain(x.listener.GetName(), len(x.listener.FilterChains)-1))
		}
	}
	var kept []*listenerv3.FilterChain
	var numbers []int
	for i, c := range x.listener.FilterChains {
		if !gone[c] {
			kept, numbers = append(kept, c), append(numbers, i)
		}
	}
	x.listener.FilterChains = kept
	x.set.ordered(envoy.FilterChains(x.listener.GetName()), numbers)
	return nil
}

// patchChain patches one filter chain. The first result reports whether it stays.
func (x *listenerEdit) patchChain(c *listenerv3.FilterChain, index int) (bool, error) {
	x.chain, x.index = c, index
	for _, p := range x.chainPatches(networking.EnvoyFilter_FILTER_CHAIN) {
		switch {
		case p.Operation == remove:
			x.changedChain(p)
			return false, nil
		case p.merges() && p.value != nil:
			if err := x.mergeChain(p); err != nil {
				return true, err
			}
			x.changedChain(p)
		}
	}
	return true, x.networkFilters()
}

// mergeChain merges a patch into the chain. Where both have a transport socket of one name, the configurations of the two
// are merged, and nothing else of the patch counts.
func (x *listenerEdit) mergeChain(p *Patch) error {
	socket := p.value.(*listenerv3.FilterChain).GetTransportSocket()
	now := x.chain.GetTransportSocket()
	if socket == nil || now == nil || socket.GetName() != now.GetName() {
		p.merge(x.chain)
		return nil
	}
	return mergeSocket(now, socket)
}

// mergeSocket merges the configuration of a patch's transport socket into another of its name.
func mergeSocket(now, patch *corev3.TransportSocket) error {
	if now.GetTypedConfig() == nil || patch.GetTypedConfig() == nil {
		return nil
	}
	merged, err := mergeConfig(now.GetTypedConfig(), patch.GetTypedConfig())
	if merged != nil {
		now.ConfigType = &corev3.TransportSocket_TypedConfig{TypedConfig: merged}
	}
	return err
}
