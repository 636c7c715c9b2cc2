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
	ID:       "SEM265",
	Title:    "endpoint address is the name of a Kubernetes Service",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `The proxy resolves the address to the cluster IP of the Service, and kube-proxy selects the Pod. The VirtualServices, DestinationRules,
subsets and automatic mutual TLS of the Service do not apply to this traffic.`,
	Fix: `Remove the endpoint and route the host to the Service with a VirtualService, or keep the endpoint if the cluster IP is intended.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: billing, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: billing, namespace: shop}
spec:
  hosts: [billing.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  endpoints: [{address: billing.shop.svc.cluster.local}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: billing, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: billing, namespace: shop}
spec:
  hosts: [billing.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  endpoints: [{address: billing.example.net}]
`,
}, serviceEndpoint)

func serviceEndpoint(s *facts.Set, r *reporter) {
	eachServiceEndpoint(s, func(at facts.Place, entry *config.Object, svc *mesh.Service) {
		if circle(s, entry, svc) == nil {
			r.at(at, "%s is a Service: its VirtualServices and DestinationRules do not apply to this traffic", svc.Host).
				related(facts.At(svc.Object, svc.Field), "Service")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM266",
	Title:    "endpoint of a ServiceEntry is the gateway that routes to it",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The endpoint of the ServiceEntry is the Service of a gateway, so requests for the host go to the gateway. The gateway has a route to the
same host, and so sends them to itself: a loop.`,
	Fix: `Remove the endpoint, so the host has its real address, and route the sidecars' requests to the gateway with a VirtualService (SEM247 shows the match).`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: egress, namespace: net}
spec: {selector: {app: egress}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [api.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  endpoints: [{address: egress.net.svc.cluster.local}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  gateways: [egress]
  http: [{route: [{destination: {host: api.example.com, port: {number: 80}}}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: egress, namespace: net}
spec: {selector: {app: egress}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [api.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  gateways: [mesh, egress]
  http:
  - match: [{gateways: [mesh], port: 80}]
    route: [{destination: {host: egress, port: {number: 80}}}]
  - match: [{gateways: [egress], port: 80}]
    route: [{destination: {host: api.example.com, port: {number: 80}}}]
`,
}, gatewayCircle)

func gatewayCircle(s *facts.Set, r *reporter) {
	eachServiceEndpoint(s, func(at facts.Place, entry *config.Object, svc *mesh.Service) {
		if t := circle(s, entry, svc); t != nil {
			r.at(at, "routing loop: the endpoint %s is the gateway that routes requests to this host", svc.Host).
				related(t.HostPlace(), "route of the gateway").related(facts.At(svc.Object, svc.Field), "Service of the gateway")
		}
	})
}

// eachServiceEndpoint calls do for every endpoint of a ServiceEntry that is the name of a Kubernetes Service.
func eachServiceEndpoint(s *facts.Set, do func(at facts.Place, entry *config.Object, svc *mesh.Service)) {
	for _, o := range s.WantedObjects("ServiceEntry") {
		for i, e := range config.Spec[*networking.ServiceEntry](o).GetEndpoints() {
			for _, svc := range s.Mesh.ServicesOf(e.GetAddress()) {
				if svc.Kubernetes() {
					do(facts.At(o, "spec.endpoints").Item(i).Sub("address"), o, svc)
					break
				}
			}
		}
	}
}

// circle returns a destination by which a gateway behind a Service sends requests to a host of a ServiceEntry; nil where none does.
func circle(s *facts.Set, entry *config.Object, svc *mesh.Service) *facts.Destination {
	behind := s.Gateways.SelectedBy(svc)
	if len(behind) == 0 {
		return nil
	}
	hosts := config.Spec[*networking.ServiceEntry](entry).GetHosts()
	for _, o := range s.Mesh.Objects("VirtualService") {
		for _, t := range s.Routes.Destinations(o) {
			acts := func(g *config.Object) bool { return slices.Contains(t.Gateways(), g.Namespace+"/"+g.Name) }
			if !t.Mirror && slices.Contains(hosts, t.Host) && slices.ContainsFunc(behind, acts) {
				return &t
			}
		}
	}
	return nil
}
