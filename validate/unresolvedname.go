package validate

import (
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM403",
	Title:    "TLS or TCP route to a DYNAMIC_DNS host",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `With resolution DYNAMIC_DNS the proxy resolves the host that a request names: the Host header of HTTP, and the SNI where a sidecar sends
TLS without a route. For the connections of a TLS or TCP route nothing resolves a name: the cluster has no endpoint, and the proxy closes them.`,
	Fix: `Remove the route, so sidecars resolve the SNI; for a gateway, register each host with resolution DNS.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partners, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DYNAMIC_DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: partners, namespace: shop}
spec:
  hosts: ["*.example.com"]
  tls:
  - match: [{sniHosts: ["*.example.com"]}]
    route: [{destination: {host: "*.example.com"}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partners, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DYNAMIC_DNS
`,
}, unresolvedName)

func unresolvedName(s *facts.Set, r *reporter) {
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		if svc.Resolution == mesh.DynamicDNS && t.Protocol != "http" {
			r.at(t.HostPlace(), "no endpoint: the proxy does not resolve the hosts of %q for a %s route", svc.Host, strings.ToUpper(t.Protocol)).
				related(facts.At(svc.Object, "spec.resolution"), "resolution")
		}
	})
}
