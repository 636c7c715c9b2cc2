package inbound

import (
	"fmt"
	"strconv"

	networking "istio.io/api/networking/v1alpha3"
	"sem.example/internal/clustername"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// An inboundPort is a port of the workload that receives traffic. Number 0 stands for all ports that have no chains of
// their own.
type inboundPort struct {
	number   uint32 // that the workload listens on
	asked    uint32 // the service's number for it, which names the virtual host
	protocol mesh.Protocol
	cluster  string
	bind     string         // names the chains, and is the address of a listener of its own
	bound    bool           // the port has a listener of its own instead of chains in virtualInbound
	sidecar  *config.Object // the Sidecar that defines the port, or nil
	origins  []envoy.Origin // who defines it, and who would have
}

// inboundName is the name of the cluster of a port of the workload.
func inboundName(port uint32) string { return clustername.Inbound(port).String() }

// servedPorts returns the ports of the workload that services lead to. The oldest service of a port decides.
func servedPorts(view *mesh.View) []*inboundPort {
	byNumber := map[uint32]*inboundPort{}
	var out []*inboundPort
	for _, t := range view.Targets() {
		if reservedPort(view, t.Number) {
			continue
		}
		if first := byNumber[t.Number]; first != nil {
			at := t.Service.PlaceOf(t.Port)
			first.origins = append(first.origins, origin.Overridden(config.Ignored{
				Object: at.Object, Field: at.Field,
				Reason: fmt.Sprintf("port %d of the workload belongs to an older service", t.Number),
			}))
			continue
		}
		p := &inboundPort{
			number: t.Number, asked: t.Port.Number, protocol: t.Port.Protocol, bind: proxy.Wildcards(view)[0],
			cluster: inboundName(t.Number), origins: origin.DefinesTreeAt(t.Service.PlaceOf(t.Port)),
		}
		byNumber[t.Number], out = p, append(out, p)
	}
	return out
}

// reservedPort reports whether a port is one of the proxy's own.
func reservedPort(view *mesh.View, port uint32) bool {
	m := view.Mesh.Settings.Config
	return int32(port) == m.GetProxyListenPort() || int32(port) == m.GetProxyInboundListenPort()
}

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
			first.origins = append(first.origins, origin.Overridden(config.Ignored{
				Object: view.Sidecar, Field: field, Reason: fmt.Sprintf("an earlier listener has port %d", number),
			}))
			continue
		}
		p := &inboundPort{
			number: number, asked: number, protocol: mesh.ParseProtocol(l.GetPort().GetProtocol()), cluster: inboundName(number),
			bind: l.GetBind(), bound: bindsPort(view, l.GetCaptureMode()), sidecar: view.Sidecar,
			origins: origin.DefinesTree(view.Sidecar, field),
		}
		if p.bind == "" {
			p.bind = unicastAddress(view)
		}
		if l.GetTls() != nil {
			p.origins = append(p.origins, origin.Overridden(config.Ignored{
				Object: view.Sidecar, Field: field + ".tls", Reason: "istiod ignores it unless ENABLE_TLS_ON_SIDECAR_INGRESS is set",
			}))
		}
		byNumber[number], out = p, append(out, p)
	}
	return out
}

// bindsPort reports whether a listener takes a port by itself, since no connections are redirected there.
func bindsPort(view *mesh.View, mode networking.CaptureMode) bool {
	if mode == networking.CaptureMode_DEFAULT {
		return view.Proxy().Interception() == mesh.NotAtAll
	}
	return mode == networking.CaptureMode_NONE
}

// unicastAddress is the first address of the proxy that others reach it by, or the one that stands for all.
func unicastAddress(view *mesh.View) string {
	for _, a := range view.Proxy().IPs() {
		if a.IsGlobalUnicast() {
			return a.String()
		}
	}
	return proxy.Wildcards(view)[0]
}

// virtualHost names the one virtual host of a port by the number that clients use.
func (p *inboundPort) virtualHost() string { return "inbound|http|" + strconv.Itoa(int(p.asked)) }
