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
	Title:    "Service port without a protocol",
	Severity: diag.Info,
	Stage:    diag.AtListener,
	When:     diag.Observed,
	Why: `Istio takes the protocol from appProtocol, or from the part of the port name before the first hyphen. Without both, the proxy detects it
from the first bytes of each connection: server-first protocols wait for the detection timeout, and HTTP routes apply only to detected
HTTP.`,
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
			r.at(at, "port %d has no protocol: the proxy detects it for each connection", p.Port)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM134",
	Title:    "endpoint does not list every port of the ServiceEntry",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `An endpoint can map each port of the ServiceEntry, by name, to the number that it listens on. For other ports the targetPort is used, or
else the port's number.`,
	Fix: `List all ports if the endpoint listens on other numbers.`,
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
				r.at(facts.At(o, "spec.endpoints").Item(i).Sub("ports"), "port %q is not listed: the endpoint uses port %d", p.GetName(), number)
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM135",
	Title:    "route leads to a UDP port",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `Istio handles TCP only and creates no cluster for a UDP port. Requests of the route receive 503 (response flag NC), or the connection is
reset.`,
	Fix: `Route to a TCP port: UDP traffic bypasses the proxy.`,
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
			r.at(t.HostPlace(), "port %d of %q is UDP: the proxy does not handle it", number, svc.Host).
				related(facts.At(svc.Object, datagram.Field), "port declared here")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM137",
	Title:    "route leads to a single Pod of a headless Service",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `Names of single Pods, such as db-0.db.prod.svc.cluster.local, exist in DNS and in the routes of the headless Service, but they are not
hosts of the registry: no cluster has this name, and the proxy responds with 503 (response flag NC).`,
	Fix: `Route to the Service, or create a Service or ServiceEntry for the Pod.`,
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
					r.at(t.HostPlace(), "%q is the DNS name of a Pod, not a registered host", t.Host).
						related(facts.At(svc.Object, svc.Field), "headless Service")
				}
			}
		}
	}
}
