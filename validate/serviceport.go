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
	ID:       "SEM124",
	Title:    "port of a Service names no protocol",
	Severity: diag.Info,
	Stage:    diag.AtListener,
	When:     diag.Observed,
	Why: `The protocol comes from appProtocol, or from the part of the port's name before the first hyphen. Here it is detected from the
first bytes of each connection: servers that speak first stall until that gives up, and rules for HTTP act only on what is recognised.`,
	Fix: `Set appProtocol, or begin the name with the protocol ("http-web").`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 8080}]}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 8080, appProtocol: http}]}
`,
	Aliases: []string{"IST0118", "KIA0601"},
}, namelessProtocol)

func namelessProtocol(s *facts.Set, r *reporter) {
	s.Hosts.EachUndeclaredPort(func(at facts.Place, p config.ServicePort) {
		if p.AppProtocol == nil && !slices.Contains(facts.ServerFirstPorts, p.Port) {
			r.at(at, "the protocol of port %d is detected connection by connection", p.Port)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM134",
	Title:    "endpoint does not list every port of its entry",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `An endpoint may say for each port of the entry, by name, which number it listens on. A port that it leaves out is reached at its
targetPort, or else at its own number.`,
	Fix: `List all ports, if the endpoint listens elsewhere.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 443, name: tls, protocol: TLS}
  resolution: STATIC
  endpoints: [{address: 192.0.2.1, ports: {http: 8080}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 443, name: tls, protocol: TLS}
  resolution: STATIC
  endpoints: [{address: 192.0.2.1, ports: {http: 8080, tls: 443}}]
`,
}, partialPorts)

func partialPorts(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("ServiceEntry") {
		spec := config.Spec[*networking.ServiceEntry](o)
		for i, e := range spec.GetEndpoints() {
			for _, p := range spec.GetPorts() {
				if _, listed := e.GetPorts()[p.GetName()]; listed || len(e.GetPorts()) == 0 {
					continue
				}
				number := p.GetNumber()
				if p.GetTargetPort() != 0 {
					number = p.GetTargetPort()
				}
				r.at(facts.At(o, "spec.endpoints").Item(i).Sub("ports"), "port %q is not listed, so the endpoint is reached at port %d", p.GetName(), number)
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM135",
	Title:    "route leads to a UDP port",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `The proxy handles TCP only, and Istio makes no cluster for a UDP port. Requests that the rule takes are answered 503 with the flag
NC, or their connection is reset.`,
	Fix: `Route to a TCP port. UDP reaches its destination without the proxy.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: dns, namespace: shop}
spec: {ports: [{name: dns, port: 53, protocol: UDP}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: dns, namespace: shop}
spec:
  hosts: [resolver.example.com]
  gateways: [edge]
  tcp:
  - route: [{destination: {host: dns, port: {number: 53}}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: dns, namespace: shop}
spec: {ports: [{name: tcp-dns, port: 53}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: dns, namespace: shop}
spec:
  hosts: [resolver.example.com]
  gateways: [edge]
  tcp:
  - route: [{destination: {host: dns, port: {number: 53}}}]
`,
}, datagramPort)

func datagramPort(s *facts.Set, r *reporter) {
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		number := t.GetPort().GetNumber()
		if number == 0 && len(svc.Ports) == 1 {
			number = svc.Ports[0].Number
		}
		var stream, datagram *mesh.Port
		for _, p := range svc.Ports {
			switch {
			case p.Number != number:
			case p.Protocol == mesh.UDP:
				datagram = p
			default:
				stream = p
			}
		}
		if datagram != nil && stream == nil {
			r.at(t.HostPlace(), "port %d of %q is UDP, which the proxy does not handle", number, svc.Host).
				related(facts.At(svc.Object, datagram.Field), "the port is declared here")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM137",
	Title:    "route leads to a single Pod of a headless Service",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `Names of single Pods, such as db-0.db.prod.svc.cluster.local, are known to DNS and to the proxy's routes for the headless Service,
but they are no hosts of their own: no cluster has this name, and the proxy answers 503 with the flag NC.`,
	Fix: `Route to the Service, or give the Pod a Service or ServiceEntry of its own.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: prod}
spec: {clusterIP: None, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: first, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: first, namespace: prod}
spec:
  hosts: [first]
  http:
  - route: [{destination: {host: db-0.db.prod.svc.cluster.local, port: {number: 80}}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: prod}
spec: {clusterIP: None, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: first, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: first, namespace: prod}
spec:
  hosts: [first]
  http:
  - route: [{destination: {host: db.prod.svc.cluster.local, port: {number: 80}}}]
`,
}, singlePod)

func singlePod(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		for _, t := range s.Routes.Destinations(o) {
			_, parent, ok := strings.Cut(t.Host, ".")
			if !ok || s.Hosts.Presence(t.Host) != facts.Unknown {
				continue
			}
			for _, svc := range s.Mesh.ServicesOf(parent) {
				if svc.Kubernetes() && svc.Resolution == mesh.OriginalDst {
					r.at(t.HostPlace(), "%q is the name of a Pod, and no host of the mesh", t.Host).
						related(facts.At(svc.Object, svc.Field), "it belongs to this headless Service")
				}
			}
		}
	}
}
