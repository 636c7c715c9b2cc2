package compile

import (
	"fmt"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// ingressListenersOf returns the inbound listeners of the Sidecar in force. They replace what services say about the workload.
func ingressListenersOf(view *mesh.View) []*networking.IstioIngressListener {
	if view.Sidecar == nil {
		return nil
	}
	return config.Spec[*networking.Sidecar](view.Sidecar).GetIngress()
}

func hasIngress(view *mesh.View) bool { return len(ingressListenersOf(view)) > 0 }

// ingressPorts returns the ports that the Sidecar names. The first listener of a port decides.
func ingressPorts(view *mesh.View) []*inboundPort {
	byNumber := map[uint32]*inboundPort{}
	var out []*inboundPort
	for i, l := range ingressListenersOf(view) {
		number, field := l.GetPort().GetNumber(), source.Index("spec.ingress", i)
		if first := byNumber[number]; first != nil {
			first.origins = append(first.origins, origin.Overridden(mesh.Loser{
				Object: view.Sidecar, Field: field, Reason: fmt.Sprintf("an earlier listener has port %d", number),
			}))
			continue
		}
		p := &inboundPort{
			number: number, asked: number, protocol: mesh.ParseProtocol(l.GetPort().GetProtocol()), cluster: inboundName(number),
			bind: l.GetBind(), bound: l.GetCaptureMode() == networking.CaptureMode_NONE, sidecar: view.Sidecar,
			origins: origin.DefinesTree(view.Sidecar, field),
		}
		if p.bind == "" {
			p.bind = unicastAddress(view)
		}
		if l.GetTls() != nil {
			p.origins = append(p.origins, origin.Overridden(mesh.Loser{
				Object: view.Sidecar, Field: field + ".tls", Reason: "istiod only heeds it with ENABLE_TLS_ON_SIDECAR_INGRESS",
			}))
		}
		byNumber[number], out = p, append(out, p)
	}
	return out
}

// ingressListeners builds the listeners of a port that the workload's traffic is not redirected to: those of capture
// mode NONE.
func (c *inboundTraffic) ingressListeners(port uint32) []*listenerv3.Listener {
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

// ingressListenerPorts returns the ports that have such a listener.
func (c *inboundTraffic) ingressListenerPorts() []uint32 {
	var out []uint32
	for _, p := range c.inboundPorts() {
		if p.bound {
			out = append(out, p.number)
		}
	}
	return out
}

// unicastAddress is the first address of the proxy that others reach it by, or the one that stands for all.
func unicastAddress(view *mesh.View) string {
	for _, a := range view.Proxy.IPs {
		if a.IsGlobalUnicast() {
			return a.String()
		}
	}
	return proxy.Wildcards(view)[0]
}
