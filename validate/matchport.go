package validate

import (
	"fmt"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM123",
	Title:    "match port never matches",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	Why: `For sidecars, the port of a match is a port of the called host; for a gateway, it is the port number of the Gateway's server, not the
targetPort of its Service. No request arrives on this port, so the match is always false.`,
	Fix: `Use a port of the host, or of a server of the gateway.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{port: 8080}]
    route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{port: 80}]
    route: [{destination: {host: web}}]
`,
}, matchPort)

func matchPort(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		if len(config.Spec[*networking.VirtualService](o).GetHosts()) == 0 {
			continue // a delegate answers for the hosts of others
		}
		for _, m := range portMatches(o) {
			open, certain := portsAt(s, o, m.gateways)
			if certain && len(open) > 0 && !slices.Contains(open, m.port) {
				r.at(m.Place, "port %d never matches: no request arrives on it", m.port).help("write %s", onePort(open))
			}
		}
	}
}

// A portMatch is a match on the port that a request arrives at.
type portMatch struct {
	facts.Place
	port     uint32
	gateways []string // full names; those of the document where the match names none
}

// portMatches returns the matches of a VirtualService that name a port.
func portMatches(o *config.Object) []portMatch {
	spec := config.Spec[*networking.VirtualService](o)
	var all []portMatch
	for i, rule := range spec.GetHttp() {
		all = append(all, portsOf(facts.RuleAt(o, "http", i), rule.GetMatch())...)
	}
	for i, rule := range spec.GetTls() {
		all = append(all, portsOf(facts.RuleAt(o, "tls", i), rule.GetMatch())...)
	}
	for i, rule := range spec.GetTcp() {
		all = append(all, portsOf(facts.RuleAt(o, "tcp", i), rule.GetMatch())...)
	}
	return all
}

func portsOf[M interface {
	GetPort() uint32
	GetGateways() []string
}](at facts.Place, matches []M) []portMatch {
	var all []portMatch
	for i, m := range matches {
		if m.GetPort() == 0 {
			continue
		}
		gateways := facts.GatewaysOf(at.Object)
		if len(m.GetGateways()) > 0 {
			gateways = nil
			for _, g := range m.GetGateways() {
				gateways = append(gateways, facts.FullGateway(g, at.Object))
			}
		}
		all = append(all, portMatch{at.Sub("match").Item(i).Sub("port"), m.GetPort(), gateways})
	}
	return all
}

// portsAt returns the ports at which requests for a VirtualService arrive at gateways, and whether they are all known.
func portsAt(s *facts.Set, o *config.Object, gateways []string) (open []uint32, certain bool) {
	for _, g := range gateways {
		if g == mesh.MeshGateway {
			svcs := s.Routes.ServicesOf(o)
			if len(svcs) < len(config.Spec[*networking.VirtualService](o).GetHosts()) {
				return nil, false
			}
			for _, svc := range svcs {
				for _, p := range svc.Ports {
					open = append(open, p.Number)
				}
			}
			continue
		}
		ns, base, _ := strings.Cut(g, "/")
		gateway := s.Mesh.Object("Gateway", ns, base)
		if gateway == nil {
			return nil, false
		}
		spec, ok := gateway.Spec.(*networking.Gateway)
		if !ok {
			return nil, false
		}
		for _, server := range spec.GetServers() {
			open = append(open, server.GetPort().GetNumber())
		}
	}
	slices.Sort(open)
	return slices.Compact(open), true
}

// onePort names the ports to choose from.
func onePort(ports []uint32) string {
	if len(ports) == 1 {
		return fmt.Sprintf("port %d", ports[0])
	}
	return "one of the ports " + numberList(ports)
}

// numberList writes numbers for a message.
func numberList(numbers []uint32) string {
	var list []string
	for _, n := range numbers {
		list = append(list, fmt.Sprint(n))
	}
	return strings.Join(list, ", ")
}
