package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM101",
	Title:    "host is a half-qualified Kubernetes name",
	Severity: diag.Error,
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
func halfQualified(s *Scope, r *reporter) {
	for _, h := range s.namedHosts() {
		if full := s.qualified(h.host); full != "" {
			r.at(h.place, "%q is no service; the service is %q", h.host, full).
				help("only names without a dot are completed: write %s", full)
		}
	}
}

// qualified returns the full name of the Service that a half-qualified one means, or "".
func (s *Scope) qualified(host string) string {
	if !strings.Contains(host, ".") || len(s.services(host)) > 0 {
		return ""
	}
	for _, middle := range []string{".svc.", "."} {
		full := host + middle + s.Mesh.Settings.Domain
		if len(s.Mesh.ServicesOf(full)) > 0 {
			return full
		}
	}
	return ""
}

var _ = register(diag.Check{
	ID:       "SEM102",
	Title:    "short host resolves to another namespace than meant",
	Severity: diag.Error,
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

func otherNamespace(s *Scope, r *reporter) {
	for _, h := range s.namedHosts() {
		full := s.full(h.host, h.object)
		if s.Registry == Open || s.standing(full) == known {
			continue
		}
		others := s.namesakes(h.host, h.object)
		if len(others) == 0 {
			continue
		}
		f := r.at(h.place, "%q means %q, which does not exist", h.host, full)
		var names []string
		for _, svc := range others {
			names = append(names, svc.Host)
			f.related(place{svc.Object, svc.Field}, "namespace %s has one", svc.Namespace)
		}
		f.help("write the full name: %s", strings.Join(names, " or "))
	}
}

var _ = register(diag.Check{
	ID:       "SEM112",
	Title:    "host ends in another cluster domain",
	Severity: diag.Error,
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

func otherDomain(s *Scope, r *reporter) {
	for _, h := range s.namedHosts() {
		head, domain, ok := strings.Cut(h.host, ".svc.")
		if !ok || domain == s.Mesh.Settings.Domain || len(s.services(h.host)) > 0 {
			continue
		}
		full := head + ".svc." + s.Mesh.Settings.Domain
		if len(s.Mesh.ServicesOf(full)) > 0 || diag.Nearest(domain, []string{s.Mesh.Settings.Domain}) != "" {
			r.at(h.place, "%q ends in %q, but the cluster's domain is %q", h.host, domain, s.Mesh.Settings.Domain).help("write %s", full)
		}
	}
}

// A namedHost is a host name that a rule writes.
type namedHost struct {
	place
	host string
}

// namedHosts returns every host that VirtualServices and DestinationRules name, in the order of the documents.
func (s *Scope) namedHosts() []namedHost {
	var all []namedHost
	for _, o := range s.subjects("VirtualService") {
		for i, h := range config.Spec[*networking.VirtualService](o).GetHosts() {
			all = append(all, namedHost{place{o, source.Index("spec.hosts", i)}, h})
		}
		for _, t := range s.targets(o) {
			all = append(all, namedHost{t.host(), t.Host})
		}
	}
	for _, o := range s.subjects("DestinationRule") {
		all = append(all, namedHost{place{o, "spec.host"}, config.Spec[*networking.DestinationRule](o).GetHost()})
	}
	return all
}

// shortNamed says whether a host has no dot and is no wildcard.
func shortNamed(host string) bool { return !strings.Contains(host, ".") && !mesh.IsWildcard(host) }
