package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM290",
	Title:    "TCP routes of a gateway are never used",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A TCP connection carries no host name. For a TCP server, a gateway uses the first route that matches the port: the first of the oldest
VirtualService. Routes of other VirtualServices for the same server are ignored, whatever their hosts are.`,
	Fix: `Use a separate server port for each VirtualService, or TLS servers, which distinguish hosts by SNI.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: edge}
  servers: [{port: {number: 5432, name: tcp, protocol: TCP}, hosts: ["*"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: ingress}
spec:
  hosts: [a.example.com]
  gateways: [edge]
  tcp: [{match: [{port: 5432}], route: [{destination: {host: a.shop.svc.cluster.local}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: ingress}
spec:
  hosts: [b.example.com]
  gateways: [edge]
  tcp: [{match: [{port: 5432}], route: [{destination: {host: b.shop.svc.cluster.local}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: edge}
  servers:
  - {port: {number: 5432, name: tcp-a, protocol: TCP}, hosts: ["*"]}
  - {port: {number: 5433, name: tcp-b, protocol: TCP}, hosts: ["*"]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: ingress}
spec:
  hosts: [a.example.com]
  gateways: [edge]
  tcp: [{match: [{port: 5432}], route: [{destination: {host: a.shop.svc.cluster.local}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: ingress}
spec:
  hosts: [b.example.com]
  gateways: [edge]
  tcp: [{match: [{port: 5433}], route: [{destination: {host: b.shop.svc.cluster.local}}]}]
`,
}, secondTCP)

func secondTCP(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, o := range s.Mesh.Objects("Gateway") {
		for _, v := range facts.ServersOf(o) {
			if v.RuleKind() != "tcp" {
				continue
			}
			var first facts.Place
			for _, vs := range s.Routes.BoundTo(o.Namespace + "/" + o.Name) {
				at := tcpRuleAt(v, vs)
				switch {
				case at.Object == nil || !s.Gateways.Meets(v, vs):
				case first.Object == nil:
					first = at
				case first.Object.Namespace == vs.Namespace && !reported[at]: // of other namespaces the gateway may not see one
					reported[at] = true
					r.at(at, "the route is ignored on port %d: %s takes precedence, and TCP carries no host name", v.GetPort().GetNumber(), name(first.Object)).
						related(first, "this route is used%s", elder(first.Object, vs))
				}
			}
		}
	}
}

// tcpRuleAt returns the first TCP rule of a VirtualService that fits a server, or no place.
func tcpRuleAt(v facts.Server, o *config.Object) facts.Place {
	gateway := v.Object.Namespace + "/" + v.Object.Name
	for i, rule := range config.Spec[*networking.VirtualService](o).GetTcp() {
		fits := func(m *networking.L4MatchAttributes) bool {
			here := len(m.GetGateways()) == 0 || slices.ContainsFunc(m.GetGateways(), func(g string) bool { return facts.FullGateway(g, o) == gateway })
			return here && (m.GetPort() == 0 || m.GetPort() == v.GetPort().GetNumber())
		}
		if len(rule.GetMatch()) == 0 || slices.ContainsFunc(rule.GetMatch(), fits) {
			return facts.At(o, "spec.tcp").Item(i)
		}
	}
	return facts.Place{}
}

var _ = register(diag.Check{
	ID:       "SEM291",
	Title:    "TLS match inherits destinationSubnets from an earlier match",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `For sidecars, istiod evaluates the TLS matches of a host in order, and keeps the destinationSubnets of a match for the following matches
that set none. The later match receives only connections to those subnets.`,
	Fix: `Put the matches with destinationSubnets last, or set destinationSubnets in the later match, such as 0.0.0.0/0.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.example.com"]
  tls:
  - match: [{sniHosts: [a.example.com], destinationSubnets: [192.0.2.0/24]}]
    route: [{destination: {host: a.example.com}}]
  - match: [{sniHosts: [b.example.com]}]
    route: [{destination: {host: b.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.example.com"]
  tls:
  - match: [{sniHosts: [b.example.com]}]
    route: [{destination: {host: b.example.com}}]
  - match: [{sniHosts: [a.example.com], destinationSubnets: [192.0.2.0/24]}]
    route: [{destination: {host: a.example.com}}]
`,
}, inheritedSubnets)

func inheritedSubnets(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		if !facts.IsBoundTo(o, mesh.MeshGateway) {
			continue
		}
		var earlier facts.Place
		var subnets []string
		facts.EachTLSMatch(o, func(at facts.Place, m *networking.TLSMatchAttributes) {
			if len(m.GetGateways()) > 0 && !slices.Contains(m.GetGateways(), mesh.MeshGateway) {
				return
			}
			switch {
			case len(m.GetDestinationSubnets()) > 0:
				earlier, subnets = facts.At(o, at.Field+".destinationSubnets"), m.GetDestinationSubnets()
			case len(subnets) > 0:
				r.at(at, "the match is limited to connections to %s by the destinationSubnets of an earlier match", strings.Join(subnets, ", ")).
					related(earlier, "these destinationSubnets stay in effect")
			}
		})
	}
}
