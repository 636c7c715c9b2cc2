package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM101",
	Title:    "host is a partially qualified Kubernetes name",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Alone:    true,
	Why: `Only a name without dots is completed with the namespace of its resource. A name such as "reviews.prod" is used as written, and no service
has it; "reviews.prod.svc.cluster.local" is probably meant. A DestinationRule never applies, and a destination leads nowhere. The routes of
a VirtualService apply to plain HTTP requests for precisely this name, so a VirtualService that lists the full name as well is right.`,
	Fix: `Write the fully qualified name of the service.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: prod}
spec:
  host: reviews.prod
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: prod}
spec:
  host: reviews.prod.svc.cluster.local
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
`,
}, halfQualified)

// halfQualified looks at every host that a rule names: "svc.ns" and "svc.ns.svc" where the full name exists.
func halfQualified(s *facts.Set, r *reporter) {
	for _, h := range s.Routes.WantedHosts() {
		full := s.Hosts.Qualified(h.Host)
		if full == "" {
			continue
		}
		if spec, ok := h.Object.Spec.(*networking.VirtualService); ok && strings.HasPrefix(h.Field, "spec.hosts") {
			if facts.OnlyGateways(spec) || slices.Contains(spec.GetHosts(), full) {
				continue // a gateway compares the Host header only, and the full name takes what is meant
			}
			r.at(h.Place, "the routes apply to requests for %q only, not for the service %q", h.Host, full).
				help("list %s as well: only names without a dot are completed", full).severity(diag.Warning)
			continue
		}
		r.at(h.Place, "no Service or ServiceEntry has the host %q; the full name is %q", h.Host, full).
			help("write %s: only names without a dot are completed", full)
	}
}

var _ = register(diag.Check{
	ID:       "SEM102",
	Title:    "short host resolves to another namespace than intended",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Alone:    true,
	Why: `A name without dots is completed with the namespace of its resource, not with that of the client or of the service. No such service exists
in that namespace, but one exists in another.`,
	Fix: `Write the fully qualified name of the service.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: gateways}
spec:
  hosts: [reviews.prod.svc.cluster.local]
  http:
  - route: [{destination: {host: reviews}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: gateways}
spec:
  hosts: [reviews.prod.svc.cluster.local]
  http:
  - route: [{destination: {host: reviews.prod.svc.cluster.local}}]
`,
	Aliases: []string{"IST0101", "KIA1101"},
}, otherNamespace)

func otherNamespace(s *facts.Set, r *reporter) {
	for _, h := range s.Routes.WantedHosts() {
		full := s.FullHost(h.Host, h.Object)
		if s.Registry == facts.Open || s.Hosts.Presence(full) == facts.Present {
			continue
		}
		others := s.Hosts.SameName(h.Host, h.Object)
		if len(others) == 0 {
			continue
		}
		f := r.at(h.Place, "%q resolves to %q, which does not exist", h.Host, full)
		var names []string
		for _, svc := range others {
			names = append(names, svc.Host)
			f.related(facts.At(svc.Object, svc.Field), "namespace %s has a Service of this name", svc.Namespace)
		}
		f.help("write %s", strings.Join(names, " or ")).infoUnless(s.Hosts.Complete(full))
	}
}

var _ = register(diag.Check{
	ID:       "SEM112",
	Title:    "host has another cluster domain",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Alone:    true,
	Why:      `The name looks like a Kubernetes Service, but ends in a domain that is not the cluster's, so no service has it. It is probably misspelt.`,
	Fix:      `Use the domain of the cluster.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: prod}
spec:
  host: reviews.prod.svc.cluster.loca
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: prod}
spec:
  host: reviews.prod.svc.cluster.local
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
`,
}, otherDomain)

// multiCluster is the domain of Kubernetes' Multi-Cluster Services. Names in it, and in the domains of other registries, are
// registered by what the input need not hold.
const multiCluster = "clusterset.local"

func otherDomain(s *facts.Set, r *reporter) {
	for _, h := range s.Routes.WantedHosts() {
		head, domain, ok := strings.Cut(h.Host, ".svc.")
		if !ok || domain == s.Mesh.Settings.Domain || len(s.Hosts.Services(h.Host)) > 0 {
			continue
		}
		full := head + ".svc." + s.Mesh.Settings.Domain
		mistyped := diag.Nearest(domain, []string{s.Mesh.Settings.Domain}) != ""
		if domain == multiCluster || strings.HasSuffix(domain, ".global") || s.Registry != facts.Closed && !mistyped {
			continue // another registry, or another cluster, of which .global is the usual domain
		}
		if len(s.Mesh.ServicesOf(full)) > 0 || mistyped {
			r.at(h.Place, "%q ends in %q; the cluster domain is %q", h.Host, domain, s.Mesh.Settings.Domain).help("write %s", full)
		}
	}
}
