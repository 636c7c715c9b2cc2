package routing

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A Gateway is a set of servers that the gateways it selects have in common. The front ends that fill it:
//
//	resource  servers                            selector
//	Gateway   spec.servers                       spec.selector
//	Ingress   one for HTTP, one each spec.tls[]  MeshConfig ingressSelector, ingressService
//	Gateway   one, of each spec.listeners[]      the Services of the Gateway (of the Gateway API)
type Gateway struct {
	Object    *config.Object // the resource that the gateway belongs to
	Namespace string         // as proxies know it
	Name      string
	Selector  map[string]string // none selects every gateway
	Services  *Services         // whose proxies serve it, in place of a selector
	Servers   []Server
}

// Services are the Services of a Gateway of the Gateway API: their proxies serve it, through their ports.
type Services struct {
	Hosts     []string
	Namespace string
	Managed   bool // istiod deploys the proxies
}

// Has reports whether a Service is among them.
func (s *Services) Has(host, namespace string) bool {
	return namespace == s.Namespace && slices.Contains(s.Hosts, host)
}

// A Server is a port of a gateway, and the fields that say so.
type Server struct {
	*networking.Server
	At      config.Place // the server as a whole
	PortAt  config.Place
	BindAt  config.Place
	TLSAt   config.Place
	HostsAt config.Place // the list of hosts, or what has the server have every host
	OneHost bool         // HostsAt is a host, not a list
	Invalid string       // why it does not serve; "" where it does
}

// HostAt is the place of a host.
func (s *Server) HostAt(i int) config.Place {
	if s.OneHost {
		return s.HostsAt
	}
	return s.HostsAt.Item(i)
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
