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
	ID:       "SEM138",
	Title:    "every name of a wildcard host leads to the same endpoints",
	Severity: diag.Info,
	Stage:    diag.AtEndpoint,
	Why: `A wildcard host has no name to resolve, so its traffic goes to the listed endpoints, whatever name is called. That is right where
one front end serves them all, and wrong where each name has a server of its own.`,
	Fix: `Use resolution NONE to keep the address that the application looked up, or DYNAMIC_DNS to let the proxy look up the called name.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: wiki, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
  endpoints: [{address: www.example.com}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: wiki, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
`,
}, oneFrontEnd)

func oneFrontEnd(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, svc := range s.WantedServices() {
		at := facts.At(svc.Object, svc.Field)
		if svc.Kubernetes() || !mesh.IsWildcard(svc.Host) || reported[at] || !svc.Resolution.IsDNS() && svc.Resolution != mesh.ClientSide {
			continue
		}
		if endpoints := config.Spec[*networking.ServiceEntry](svc.Object).GetEndpoints(); len(endpoints) > 0 {
			reported[at] = true
			r.at(at, "every name of %q leads to %s", svc.Host, endpoints[0].GetAddress()).
				related(facts.At(svc.Object, "spec.endpoints"), "the endpoints are listed here")
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM139",
	Title:    "gateway forwards to a host of resolution NONE",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `Resolution NONE sends a connection on to the address that the application dialled. At a gateway that is the gateway itself, so
Istio makes a cluster of known endpoints there instead, and the entry has none: the gateway answers 503.`,
	Fix: `Use resolution DNS for a host that has a name, DYNAMIC_DNS for a wildcard, or STATIC with endpoints.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [istio-system/egress]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 80}}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [istio-system/egress]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 80}}}]
`,
}, dialledAtGateway)

func dialledAtGateway(s *facts.Set, r *reporter) {
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		if !t.FromGateways() || svc.Kubernetes() || svc.Resolution != mesh.OriginalDst || t.Mirror {
			return
		}
		spec := config.Spec[*networking.ServiceEntry](svc.Object)
		if len(spec.GetEndpoints()) > 0 || spec.GetWorkloadSelector() != nil {
			return
		}
		r.at(t.HostPlace(), "a gateway knows no address for %q, whose resolution is NONE", svc.Host).
			related(facts.At(svc.Object, "spec.resolution"), "the resolution is written here")
	})
}

var _ = register(diag.Check{
	ID:       "SEM149",
	Title:    "subjectAltNames of an entry leave out one of its hosts",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The proxy verifies that the server's certificate has one of the entry's subjectAltNames, for every host of the entry. The list
names some of the hosts and leaves out another: a certificate for that one alone is refused.`,
	Fix: `Add the host to subjectAltNames, or give it an entry of its own.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
  subjectAltNames: [a.example.com]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: "*.example.com"
  trafficPolicy:
    tls: {mode: SIMPLE}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
  subjectAltNames: [a.example.com, b.example.com]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: "*.example.com"
  trafficPolicy:
    tls: {mode: SIMPLE}
`,
}, uncoveredName)

func uncoveredName(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, x := range s.DestinationRules.PortsWithTLS() {
		names, at := x.Service.SubjectAltNames, facts.At(x.Service.Object, x.Service.Field)
		if !x.TLS.Originates() || len(x.TLS.Settings.GetSubjectAltNames()) > 0 || reported[at] || slices.Contains(names, x.Service.Host) {
			continue
		}
		spec, ok := x.Service.Object.Spec.(*networking.ServiceEntry)
		if !ok || !slices.ContainsFunc(spec.GetHosts(), func(h string) bool { return slices.Contains(names, h) }) {
			continue
		}
		reported[at] = true
		r.at(at, "a certificate for %q is refused: subjectAltNames name only other hosts", x.Service.Host).
			related(facts.At(x.Service.Object, "spec.subjectAltNames"), "the names that are verified")
	}
}
