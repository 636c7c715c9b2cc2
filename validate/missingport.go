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
	Title:    "route leads to a port that the host does not have",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `Clusters exist for the ports of a service, not for those of its containers. A route to any other number names a cluster that
does not exist: the proxy answers 503 with the flag NC.`,
	Fix: `Name a port of the service.`,
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
			if p.Target == number {
				f.help("%d is the port of the container: write the port of the service, %d", number, p.Number)
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM104",
	Title:    "route names no port, and the one that is inferred does not exist",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `In the mesh, an HTTP rule without a port sends to the port that the request came for, even where the destination has a single,
other port. No cluster of that number exists, and the proxy answers 503 with the flag NC.`,
	Fix: `Name the port of the destination.`,
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
						help("name the port of the destination")
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
