package validate

import (
	"strings"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM101",
	Title:    "host is a half-qualified Kubernetes name",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `Only a name without any dot is completed, by the namespace of the document. A name such as "reviews.prod" is taken as it
stands, and no service has it, although its author means "reviews.prod.svc.cluster.local". The rule never applies, or its route
leads nowhere.`,
	Fix: `Write the full name of the service.`,
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
		if full := s.Hosts.Qualified(h.Host); full != "" {
			r.at(h.Place, "%q is no service; the service is %q", h.Host, full).
				help("only names without a dot are completed: write %s", full)
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM102",
	Title:    "short host resolves to another namespace than meant",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `A name without a dot is completed by the namespace of the document that it stands in, not by that of the client or of the
service. Here no such service exists, but another namespace has one of this name.`,
	Fix: `Write the full name of the service.`,
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
	Aliases: []string{"IST0101"},
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
		f := r.at(h.Place, "%q means %q, which does not exist", h.Host, full)
		var names []string
		for _, svc := range others {
			names = append(names, svc.Host)
			f.related(facts.At(svc.Object, svc.Field), "namespace %s has one", svc.Namespace)
		}
		f.help("write the full name: %s", strings.Join(names, " or "))
	}
}

var _ = register(diag.Check{
	ID:       "SEM112",
	Title:    "host ends in another cluster domain",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Why: `The name is built like that of a Kubernetes Service, but ends in a domain that is not the cluster's, so no service has it.
Mostly it is a slip of the pen.`,
	Fix: `Write the cluster's domain, or name it with --domain if it is not cluster.local.`,
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

func otherDomain(s *facts.Set, r *reporter) {
	for _, h := range s.Routes.WantedHosts() {
		head, domain, ok := strings.Cut(h.Host, ".svc.")
		if !ok || domain == s.Mesh.Settings.Domain || len(s.Hosts.Services(h.Host)) > 0 {
			continue
		}
		full := head + ".svc." + s.Mesh.Settings.Domain
		if len(s.Mesh.ServicesOf(full)) > 0 || diag.Nearest(domain, []string{s.Mesh.Settings.Domain}) != "" {
			r.at(h.Place, "%q ends in %q, but the cluster's domain is %q", h.Host, domain, s.Mesh.Settings.Domain).help("write %s", full)
		}
	}
}
