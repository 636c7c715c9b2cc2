package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

var _ = register(diag.Check{
	ID:       "SEM142",
	Title:    "plain HTTP is sent to a port that expects TLS",
	Severity: diag.Error,
	Why: `The rule sends HTTP requests to a port where TLS is expected, and no DestinationRule makes the proxy originate it. The server
answers "the plain HTTP request was sent to HTTPS port" (400), or resets the connection.`,
	Fix: `Set tls mode SIMPLE for that port in a DestinationRule of the destination host.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 443}}}]
    rewrite: {authority: api.example.com}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    portLevelSettings:
    - port: {number: 443}
      tls: {mode: SIMPLE}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 443}}}]
    rewrite: {authority: api.example.com}
`,
}, plaintextToTLS)

func plaintextToTLS(s *Scope, r *reporter) {
	s.eachTarget(func(t target, svc *mesh.Service) {
		port := svc.Port(t.GetPort().GetNumber())
		if t.protocol != "http" || t.mirror || port == nil || !port.Protocol.IsTLS() || s.encrypts(t, svc, port.Number) || s.idle(t) {
			return
		}
		r.at(place{t.object, t.field + ".port.number"}, "HTTP is sent in plaintext to port %d of %q, whose protocol is %s", port.Number, svc.Host, port.Protocol).
			help("add a DestinationRule for %s with tls mode SIMPLE on port %d", svc.Host, port.Number).
			related(place{svc.Object, port.Field}, "the port is declared here")
	})
}

// encrypts says whether the rule in force makes the proxy encrypt towards a destination, in any way.
func (s *Scope) encrypts(t target, svc *mesh.Service, port uint32) bool {
	if s.selectively(svc, port) {
		return true
	}
	rule := s.client(t.object.Namespace).DestinationRule(svc)
	if rule == nil {
		return false
	}
	tls := clientTLSFor(rule.Host.Object, port).settings
	for _, sub := range rule.Spec.GetSubsets() {
		if sub.GetName() == t.Subset && sub.GetTrafficPolicy().GetTls() != nil {
			tls = sub.GetTrafficPolicy().GetTls()
		}
	}
	return tls != nil && tls.GetMode() != networking.ClientTLSSettings_DISABLE
}

// idle says whether the rules of a destination never act anyway, of which SEM120 speaks.
func (s *Scope) idle(t target) bool {
	svcs := s.ruledHosts(t.object)
	return len(svcs) > 0 && boundTo(t.object, mesh.MeshGateway) && !anyPort(svcs, readsHTTP)
}

// selectively says whether a rule for selected workloads only, such as an egress gateway, sets TLS for a port.
func (s *Scope) selectively(svc *mesh.Service, port uint32) bool {
	return slices.ContainsFunc(s.rulesFor(svc.Host), func(o *config.Object) bool {
		selected := config.Spec[*networking.DestinationRule](o).GetWorkloadSelector() != nil
		return selected && clientTLSFor(o, port).originates()
	})
}
