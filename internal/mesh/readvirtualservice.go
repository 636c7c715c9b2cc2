package mesh

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/visibility"
)

// A virtualService is a VirtualService with all names completed, before delegates are merged.
type virtualService struct {
	rules *routing.Rules
	http  []httpRoute
}

func readVirtualService(o *config.Object, spec *networking.VirtualService, settings Settings) *virtualService {
	n := names{o.Namespace, settings.Domain}
	at := func(field string) config.Place { return config.Place{Object: o, Field: field} }
	v := &virtualService{rules: &routing.Rules{
		Object: o, HostsAt: at("spec.hosts"), Gateways: n.gateways(spec.Gateways),
		Audience: visibility.Of(spec.ExportTo, settings.ExportTo(settings.Config.DefaultVirtualServiceExportTo), o.Namespace),
	}}
	if len(spec.Gateways) == 0 {
		v.rules.Gateways = []string{MeshGateway}
	}
	for i, h := range spec.Hosts {
		v.rules.Hosts = append(v.rules.Hosts, routing.Host{Name: n.host(h), At: at("spec.hosts").Index(i)})
	}
	for i, r := range spec.Http {
		v.http = append(v.http, n.httpRoute(r, at("spec.http").Index(i)))
	}
	for i, r := range spec.Tls {
		v.rules.TLS = append(v.rules.TLS, n.tlsRoute(r, at("spec.tls").Index(i)))
	}
	for i, r := range spec.Tcp {
		v.rules.TCP = append(v.rules.TCP, n.tcpRoute(r, at("spec.tcp").Index(i)))
	}
	return v
}

// names completes the names in a document.
type names struct{ namespace, domain string }

func (n names) host(h string) string { return FullHost(h, n.namespace, n.domain) }

func (n names) gateways(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, len(list))
	for i, g := range list {
		out[i] = g
		if g != MeshGateway {
			out[i] = FullGateway(g, n.namespace)
		}
	}
	return out
}

func (n names) destination(in *networking.Destination, at config.Place) routing.Destination {
	out := routing.DestinationOf(in, at)
	out.Host = n.host(out.Host)
	return out
}

func (n names) destinations(list []*networking.RouteDestination, at config.Place) []routing.Destination {
	out := make([]routing.Destination, len(list))
	at = at.Join("route")
	for i, w := range list {
		out[i] = n.destination(w.Destination, at.Index(i))
		out[i].Weight = w.Weight
	}
	return out
}

func (n names) tlsRoute(in *networking.TLSRoute, at config.Place) *routing.ConnectionRule {
	out := &routing.ConnectionRule{At: at, Destinations: n.destinations(in.Route, at)}
	for i, m := range in.Match {
		match := n.connectionMatch(m, at, i)
		match.SNI, match.Subnets = m.SniHosts, m.DestinationSubnets
		out.Matches = append(out.Matches, match)
	}
	return out
}

func (n names) tcpRoute(in *networking.TCPRoute, at config.Place) *routing.ConnectionRule {
	out := &routing.ConnectionRule{At: at, Destinations: n.destinations(in.Route, at)}
	for i, m := range in.Match {
		match := n.connectionMatch(m, at, i)
		match.Subnets = m.DestinationSubnets
		out.Matches = append(out.Matches, match)
	}
	return out
}

// connectionMatch reads what matches of TCP and TLS rules have in common.
func (n names) connectionMatch(in interface {
	GetGateways() []string
	GetSourceLabels() map[string]string
	GetSourceNamespace() string
	GetPort() uint32
}, at config.Place, i int) routing.ConnectionMatch {
	return routing.ConnectionMatch{At: at.Join("match").Index(i), Client: routing.Client{
		Gateways: n.gateways(in.GetGateways()), Labels: in.GetSourceLabels(), Namespace: in.GetSourceNamespace(), Port: in.GetPort(),
	}}
}
