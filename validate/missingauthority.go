package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM227",
	Title:    "Host header is not rewritten for an external host",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	When:     diag.Observed,
	Fixable:  true,
	Why: `A route to another host does not change the Host header. External servers select the site by it; for a name that they do not serve they
respond with an unexpected 404, 421 or another site. The proxy's automatic SNI follows the same header.`,
	Fix: `Set rewrite.authority to the external host.`,
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
}, missingAuthority)

func missingAuthority(s *facts.Set, r *reporter) {
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		if t.Protocol != "http" || t.Mirror || !svc.External || setsAuthority(t) {
			return
		}
		for _, h := range config.Spec[*networking.VirtualService](t.Object).GetHosts() {
			full := s.FullHost(h, t.Object)
			if full == t.Host || mesh.Covers(svc.Host, full) || mesh.Covers(full, svc.Host) {
				continue
			}
			found := r.at(t.HostPlace(), "the Host header is not rewritten: requests for %[1]q reach the external host %[2]q with Host: %[3]s", h, t.Host, h).
				help("add rewrite.authority: %s", s.FullHost(t.Host, t.Object)).
				related(facts.At(svc.Object, svc.Field), "external host registered here")
			if needsName(s, t, svc) {
				authority := facts.At(t.Object, "spec.http").Item(t.Rule).Sub("rewrite.authority")
				found.fix(diag.Set(authority.Source(), source.Text(svc.Host)))
			}
			return
		}
	})
}

// needsName reports whether the server of a destination cannot want another name than that of the destination: it is found by that
// name in DNS, all requests of the rule go there, and the names that clients ask for are those of Services, which no server outside
// the cluster serves.
func needsName(s *facts.Set, t facts.Destination, svc *mesh.Service) bool {
	entry, ok := svc.Object.Spec.(*networking.ServiceEntry)
	if !ok || len(entry.GetEndpoints()) > 0 || entry.GetWorkloadSelector() != nil || svc.Host != s.FullHost(t.Host, t.Object) ||
		svc.Resolution != mesh.DNSLoadBalanced && svc.Resolution != mesh.DNSRoundRobin {
		return false
	}
	spec := config.Spec[*networking.VirtualService](t.Object)
	rule := spec.GetHttp()[t.Rule]
	return rule.GetMirror() == nil && len(rule.GetMirrors()) == 0 && len(rule.GetRoute()) == 1 && rule.GetDelegate() == nil &&
		!slices.ContainsFunc(spec.GetHosts(), func(h string) bool { return !ofService(s, s.FullHost(h, t.Object)) })
}

// ofService reports whether a host is that of a Kubernetes Service.
func ofService(s *facts.Set, host string) bool {
	found := s.Hosts.Services(host)
	return len(found) > 0 && !slices.ContainsFunc(found, func(svc *mesh.Service) bool { return !svc.Kubernetes() || svc.Resolution == mesh.Alias })
}

// setsAuthority reports whether the rule of a destination gives requests another Host header.
func setsAuthority(t facts.Destination) bool {
	rule := config.Spec[*networking.VirtualService](t.Object).GetHttp()[t.Rule]
	if rule.GetRewrite().GetAuthority() != "" || facts.SetsHost(rule.GetHeaders()) {
		return true
	}
	return slices.ContainsFunc(rule.GetRoute(), func(d *networking.HTTPRouteDestination) bool {
		return d.GetDestination() == t.Destination && facts.SetsHost(d.GetHeaders())
	})
}
