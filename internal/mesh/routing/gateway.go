package routing

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A Gateway is a set of servers that the gateways it selects have in common. The front ends that fill it:
//
//	resource  servers                            selector
//	Gateway   spec.servers                       spec.selector
//	Ingress   one for HTTP, one each spec.tls[]  MeshConfig ingressSelector, ingressService
type Gateway struct {
	Object    *config.Object // the resource that the gateway belongs to
	Namespace string         // as proxies know it
	Name      string
	Selector  map[string]string // none selects every gateway
	Servers   []Server
}

// A Server is a port of a gateway, and the fields that say so.
type Server struct {
	*networking.Server
	At      config.Place // the server as a whole
	PortAt  config.Place
	BindAt  config.Place
	TLSAt   config.Place
	HostsAt config.Place // the list of hosts, or what has the server have every host
}

// FullName is namespace/name.
func (g *Gateway) FullName() string { return g.Namespace + "/" + g.Name }

// GatewayOf reads a Gateway of Istio's API.
func GatewayOf(o *config.Object, spec *networking.Gateway) *Gateway {
	out := &Gateway{Object: o, Namespace: o.Namespace, Name: o.Name, Selector: spec.GetSelector()}
	for i, s := range spec.GetServers() {
		if s == nil {
			continue
		}
		at := config.At(o, "spec.servers").Item(i)
		out.Servers = append(out.Servers, Server{
			Server: s, At: at, PortAt: at.Sub("port"), BindAt: at.Sub("bind"), TLSAt: at.Sub("tls"), HostsAt: at.Sub("hosts"),
		})
	}
	return out
}
