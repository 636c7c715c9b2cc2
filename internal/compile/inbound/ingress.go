package inbound

import (
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
)

// Listeners builds the listeners of a port that the workload's traffic is not redirected to: those of capture
// mode NONE.
func (c *Builder) Listeners(port uint32) []*listenerv3.Listener {
	var out []*listenerv3.Listener
	for _, p := range c.inboundPorts() {
		if p.bound && p.number == port {
			name := xds.ListenerName(p.bind, p.number)
			c.origins.Record(envoy.Listener(name), p.origins...)
			out = append(out, c.inboundListener(name, p.bind, p.number, c.inboundChains(p)))
		}
	}
	return out
}

// Ports returns the ports that have such a listener.
func (c *Builder) Ports() []uint32 {
	var out []uint32
	for _, p := range c.inboundPorts() {
		if p.bound {
			out = append(out, p.number)
		}
	}
	return out
}
