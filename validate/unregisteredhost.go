package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM109",
	Title:    "VirtualService for an unregistered host",
	Severity: diag.Warning,
	Stage:    diag.AtVirtualHost,
	Why: `Sidecars know hosts from Services and ServiceEntries. For an unregistered host, the routes apply only to plain HTTP on port 80; other
ports bypass them.`,
	Fix: `Register the host with a ServiceEntry that has the port that applications use.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: partner, namespace: shop}
spec:
  hosts: [api.partner.example.com]
  http:
  - route: [{destination: {host: front}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partner, namespace: shop}
spec:
  hosts: [api.partner.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: partner, namespace: shop}
spec:
  hosts: [api.partner.example.com]
  http:
  - route: [{destination: {host: api.partner.example.com}}]
`,
}, unregisteredHost)

func unregisteredHost(s *facts.Set, r *reporter) {
	if !s.HoldsKind("ServiceEntry") && !s.HoldsKind("Service") && s.Registry != facts.Closed {
		return
	}
	for _, o := range s.WantedObjects("VirtualService") {
		if !facts.IsBoundTo(o, mesh.MeshGateway) {
			continue
		}
		for i, h := range config.Spec[*networking.VirtualService](o).GetHosts() {
			full := s.FullHost(h, o)
			if len(s.Hosts.Services(full)) > 0 || matchesAny(s, full) || !unregistered(s, h, full) || public(s, o, full) {
				continue
			}
			r.at(facts.At(o, "spec.hosts").Item(i), "no Service or ServiceEntry has the host %q: the routes apply only to plain HTTP on port 80", full).
				infoUnless(s.Hosts.Complete(full))
		}
	}
}

// public reports whether a host is one that a gateway serves: the VirtualService is for gateways too, and the host is outside the
// cluster. Sidecars need no route for it then.
func public(s *facts.Set, o *config.Object, full string) bool {
	return len(facts.GatewaysOf(o)) > 1 && s.Hosts.OutsideCluster(full)
}

// unregistered reports whether the input can tell that a host is not registered: one outside the cluster, where the input holds
// ServiceEntries or Services at all, or a Kubernetes name that is plainly wrong.
func unregistered(s *facts.Set, written, full string) bool {
	if s.Hosts.Qualified(written) != "" {
		return false // SEM101 speaks of it
	}
	if _, kubernetes := s.Hosts.NamespaceOf(full); kubernetes {
		return s.Hosts.Presence(full) == facts.Absent
	}
	return s.Registry != facts.Open && !strings.Contains(full, ".svc.") && !s.Hosts.InOtherWorld(full)
}

// matchesAny reports whether a wildcard host covers the host of any service.
func matchesAny(s *facts.Set, host string) bool {
	return mesh.IsWildcard(host) && len(s.Hosts.Matching(host)) > 0
}

var _ = register(diag.Check{
	ID:       "SEM110",
	Title:    "DestinationRule for an unregistered host",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `A DestinationRule configures the clusters of its host. No Service and no ServiceEntry has this host, so it has no effect.`,
	Fix:      `Correct the host, or register it.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviewz
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
`,
	Aliases: []string{"IST0174", "KIA0202"},
}, ruleForNobody)

func ruleForNobody(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("DestinationRule") {
		host := config.Spec[*networking.DestinationRule](o).GetHost()
		full := s.FullHost(host, o)
		if len(s.Hosts.Services(full)) > 0 || matchesAny(s, full) || s.Hosts.Qualified(host) != "" || len(s.Hosts.SameName(host, o)) > 0 || s.Hosts.Presence(full) != facts.Absent {
			continue
		}
		f := r.at(facts.At(o, "spec.host"), "the DestinationRule has no effect: no Service or ServiceEntry has the host %q", full)
		if near := s.Hosts.Nearest(full); near != "" {
			f.help("did you mean %q?", near)
		}
		f.infoUnless(s.Hosts.Complete(full))
	}
}

var _ = register(diag.Check{
	ID:       "SEM111",
	Title:    "short host in a VirtualService for gateways only",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A host without dots is completed to the name of a Kubernetes Service. A VirtualService for gateways then applies only to requests whose
Host header is that full name, which external clients rarely send.`,
	Fix: `Write the host that clients use.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: front, namespace: shop}
spec:
  hosts: [shop]
  gateways: [edge]
  http:
  - route: [{destination: {host: front}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: front, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - route: [{destination: {host: front}}]
`,
}, shortGatewayHost)

func shortGatewayHost(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		if facts.IsBoundTo(o, mesh.MeshGateway) {
			continue
		}
		for i, h := range config.Spec[*networking.VirtualService](o).GetHosts() {
			if h != "" && facts.IsShortName(h) {
				r.at(facts.At(o, "spec.hosts").Item(i), "the routes apply only to requests with Host: %q, which clients of a gateway rarely send", s.FullHost(h, o))
			}
		}
	}
}
