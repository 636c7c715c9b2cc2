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
	ID:       "SEM247",
	Title:    "route to a gateway also applies at that gateway",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `The VirtualService is bound to sidecars (mesh) and to an egress gateway. The route that sends requests of sidecars to the gateway has no
match for gateways: mesh, so it also applies at the gateway, which sends the requests to itself: a loop.`,
	Fix: `Add match.gateways: [mesh] to the route that leads to the gateway.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: v1
kind: Service
metadata: {name: egress, namespace: net}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [api.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  gateways: [mesh, net/egress]
  http:
  - match: [{gateways: [net/egress], port: 80}]
    route: [{destination: {host: api.example.com, port: {number: 80}}}]
  - route: [{destination: {host: egress.net.svc.cluster.local, port: {number: 80}}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: v1
kind: Service
metadata: {name: egress, namespace: net}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [api.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  gateways: [mesh, net/egress]
  http:
  - match: [{gateways: [mesh], port: 80}]
    route: [{destination: {host: egress.net.svc.cluster.local, port: {number: 80}}}]
  - match: [{gateways: [net/egress], port: 80}]
    route: [{destination: {host: api.example.com, port: {number: 80}}}]
`,
}, gatewayLoop)

func gatewayLoop(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		bound := facts.GatewaysOf(o)
		if !slices.Contains(bound, mesh.MeshGateway) || len(bound) < 2 {
			continue
		}
		for _, t := range s.Routes.Destinations(o) {
			if t.Protocol != "http" || t.Mirror || namesGateway(s, t) {
				continue
			}
			host := s.FullHost(t.Host, o)
			for _, g := range bound {
				if standsBefore(s, g, host) {
					r.at(t.HostPlace(), "routing loop: this route leads to gateway %s, and also applies there", g).
						help("add match.gateways: [mesh] to this route").
						related(facts.At(o, "spec.gateways"), "the VirtualService applies to sidecars and to the gateway")
				}
			}
		}
	}
}

// namesGateway reports whether every match of a destination's rule says at which gateways it holds.
func namesGateway(s *facts.Set, t facts.Destination) bool {
	matches := config.Spec[*networking.VirtualService](t.Object).GetHttp()[t.Rule].GetMatch()
	return len(matches) > 0 && !slices.ContainsFunc(matches, func(m *networking.HTTPMatchRequest) bool { return len(m.GetGateways()) == 0 })
}

// standsBefore reports whether a Kubernetes Service is before the workloads of a gateway: by its selector, or, where it has none,
// by its name.
func standsBefore(s *facts.Set, gateway, host string) bool {
	ns, base, _ := strings.Cut(gateway, "/")
	o := s.Mesh.Object("Gateway", ns, base)
	if o == nil {
		return false
	}
	selector := config.Spec[*networking.Gateway](o).GetSelector()
	for _, svc := range s.Mesh.ServicesOf(host) {
		if !svc.Kubernetes() {
			continue
		}
		if len(svc.Selector) == 0 && svc.Namespace == ns && svc.Name == base || len(selector) > 0 && facts.HasLabels(svc.Selector, selector) {
			return true
		}
	}
	return false
}
