package validate

import (
	"strings"

	istiolabel "istio.io/api/label"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM403",
	Title:    "TLS or TCP connection to a DYNAMIC_DNS host",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `With resolution DYNAMIC_DNS the proxy resolves the host that an HTTP request names. Sidecars and gateways do not resolve the SNI of a TLS
connection, and a TCP connection names no host: the cluster has no endpoint, and the proxy closes the connection.`,
	Fix: `Use resolution NONE, so sidecars connect to the original destination; for a gateway, register each host with resolution DNS.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partners, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DYNAMIC_DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partners, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
`,
}, unresolvedName)

func unresolvedName(s *facts.Set, r *reporter) {
	for _, svc := range s.WantedServices() {
		if svc.Resolution != mesh.DynamicDNS || hasWaypoint(s, svc) {
			continue
		}
		for _, p := range svc.Ports {
			if p.Protocol.IsTCP() {
				r.at(facts.PortPlace(svc, p), "connections to port %d of %q are closed: the proxy resolves only the Host header of HTTP requests", p.Number, svc.Host).
					related(facts.At(svc.Object, "spec.resolution"), "resolution")
			}
		}
	}
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		byName := svc.Resolution == mesh.DynamicDNS && t.Protocol != "http"
		if byName && !facts.AnyPort([]*mesh.Service{svc}, func(p *mesh.Port) bool { return p.Protocol.IsTCP() }) {
			r.at(t.HostPlace(), "a %s route cannot use %q: the proxy resolves only the Host header of HTTP requests", strings.ToUpper(t.Protocol), svc.Host).
				related(facts.At(svc.Object, "spec.resolution"), "resolution")
		}
	})
}

// hasWaypoint reports whether a service or its namespace names a waypoint, which resolves the SNI.
func hasWaypoint(s *facts.Set, svc *mesh.Service) bool {
	name := istiolabel.IoIstioUseWaypoint.Name
	namespace := s.Mesh.Object("Namespace", "", svc.Namespace)
	return svc.Object.Labels[name] != "" || namespace != nil && namespace.Labels[name] != ""
}
