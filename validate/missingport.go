package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM103",
	Title:    "destination port does not exist",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Alone:    true,
	Why: `Clusters exist for the ports of a service, not for container ports. A route to another number uses a cluster that does not exist: the
proxy responds with 503 (response flag NC).`,
	Fix: `Use a port of the service.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: back, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: back, namespace: shop}
spec:
  hosts: [back]
  http:
  - route: [{destination: {host: back, port: {number: 8081}}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: back, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: back, namespace: shop}
spec:
  hosts: [back]
  http:
  - route: [{destination: {host: back, port: {number: 80}}}]
`,
	Aliases: []string{"IST0101"},
}, missingPort)

func missingPort(s *facts.Set, r *reporter) {
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		number := t.GetPort().GetNumber()
		if number == 0 || svc.Port(number) != nil {
			return
		}
		f := r.at(t.Sub("port.number"), "%q has no port %d", svc.Host, number).
			related(facts.At(svc.Object, svc.Field), "it has %s", portList(svc))
		for _, p := range svc.Ports {
			if p.TargetPort == number {
				f.help("use the service port %[2]d: %[1]d is the container port", number, p.Number)
				return
			}
		}
		if len(svc.Ports) == 1 {
			f.help("use port %d", svc.Ports[0].Number)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM104",
	Title:    "destination has no port, and the inferred one does not exist",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `In the mesh, an HTTP route without a port sends to the port of the original request, even if the destination has a single, different port.
No such cluster exists, and the proxy responds with 503 (response flag NC).`,
	Fix: `Set the port of the destination.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: back, namespace: shop}
spec: {ports: [{name: http, port: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: front, namespace: shop}
spec:
  hosts: [front]
  http:
  - route: [{destination: {host: back}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: back, namespace: shop}
spec: {ports: [{name: http, port: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: front, namespace: shop}
spec:
  hosts: [front]
  http:
  - route: [{destination: {host: back, port: {number: 8080}}}]
`,
	Aliases: []string{"IST0112"},
}, inferredPort)

func inferredPort(s *facts.Set, r *reporter) {
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		if t.GetPort().GetNumber() != 0 || t.Protocol != "http" || t.Mirror || !facts.IsBoundTo(t.Object, mesh.MeshGateway) {
			return
		}
		for _, own := range s.Routes.ServicesOf(t.Object) {
			for _, p := range own.Ports {
				if p.Protocol.IsHTTP() && svc.Port(p.Number) == nil && !limitedTo(s, t, p.Number) {
					r.at(t.HostPlace(), "requests to port %d of %q are sent to port %d of %q, which has only %s", p.Number, own.Host, p.Number, svc.Host, portList(svc)).
						help("set destination.port")
					return
				}
			}
		}
	})
}

// limitedTo reports whether the matches of a destination's rule keep it from requests to a port.
func limitedTo(s *facts.Set, t facts.Destination, port uint32) bool {
	matches := config.Spec[*networking.VirtualService](t.Object).GetHttp()[t.Rule].GetMatch()
	if len(matches) == 0 {
		return false
	}
	return !slices.ContainsFunc(matches, func(m *networking.HTTPMatchRequest) bool {
		mesh := len(m.GetGateways()) == 0 || slices.Contains(m.GetGateways(), "mesh")
		return mesh && (m.GetPort() == 0 || m.GetPort() == port)
	})
}
