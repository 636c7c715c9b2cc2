package validate

import (
	"fmt"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM138",
	Title:    "all names of a wildcard host use the same endpoints",
	Severity: diag.Info,
	Stage:    diag.AtEndpoint,
	Why: `A wildcard host cannot be resolved, so its traffic goes to the listed endpoints, whatever name is requested. That is correct if one front
end serves all names, and wrong if each name has a separate server.`,
	Fix: `Use resolution NONE to keep the original destination, or DYNAMIC_DNS to resolve the requested name in the proxy.`,
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
			r.at(at, "requests for every name that %q covers go to %s", svc.Host, endpoints[0].GetAddress()).
				related(facts.At(svc.Object, "spec.endpoints"), "endpoints")
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM139",
	Title:    "gateway route to a host with resolution NONE",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `With resolution NONE the proxy connects to the original destination. At a gateway that is the gateway itself, so Istio creates a cluster
with known endpoints instead, and the ServiceEntry has none: the gateway responds with 503.`,
	Fix: `Use resolution DNS for an exact host, DYNAMIC_DNS for a wildcard that HTTP routes lead to, or STATIC with endpoints.`,
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
		r.at(t.HostPlace(), "the gateway has no address for %q: its resolution is NONE", svc.Host).
			related(facts.At(svc.Object, "spec.resolution"), "resolution").help("%s", gatewayResolution(t, svc))
	})
}

// gatewayResolution returns how a gateway gets an address for a host. DYNAMIC_DNS reads it from the Host header, which TLS and TCP routes
// do not have.
func gatewayResolution(t facts.Destination, svc *mesh.Service) string {
	entry := fmt.Sprintf("%s %s/%s", svc.Object.KindName(), svc.Object.Namespace, svc.Object.Name)
	switch {
	case !mesh.IsWildcard(svc.Host):
		return "set resolution: DNS in " + entry + ", or STATIC with endpoints"
	case t.Protocol == "http":
		return "set resolution: DYNAMIC_DNS in " + entry + ", or STATIC with endpoints"
	}
	return "register each host by itself with resolution DNS, or set STATIC with endpoints in " + entry + ": a TLS or TCP route cannot resolve a wildcard"
}

var _ = register(diag.Check{
	ID:       "SEM149",
	Title:    "subjectAltNames exclude a host of the ServiceEntry",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `For every host of the ServiceEntry, the proxy verifies that the server's certificate has one of its subjectAltNames. The list contains
some of the hosts but not this one: a certificate for this host only is rejected.`,
	Fix: `Add the host to subjectAltNames, or move it to a separate ServiceEntry.`,
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
		r.at(at, "a certificate for %q is rejected: subjectAltNames lists only other hosts", x.Service.Host).
			related(facts.At(x.Service.Object, "spec.subjectAltNames"), "verified names")
	}
}
