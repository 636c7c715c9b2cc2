package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM115",
	Title:    "exportTo namespace does not exist",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Alone:    true,
	Why:      `The input contains the Namespaces of the cluster, but not this one. The resource is not visible where it is meant to be.`,
	Fix:      `Correct the namespace.`,
	Wrong: `
apiVersion: v1
kind: Namespace
metadata: {name: prod}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  exportTo: [prdo]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`,
	Right: `
apiVersion: v1
kind: Namespace
metadata: {name: prod}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  exportTo: [prod]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`,
	Aliases: []string{"KIA0005"},
}, missingNamespace)

func missingNamespace(s *facts.Set, r *reporter) {
	if !s.HoldsKind("Namespace") && s.Registry != facts.Closed {
		return
	}
	known := s.Namespaces()
	exists := map[string]bool{".": true, "*": true, "~": true}
	for _, ns := range known {
		exists[ns] = true
	}
	for _, kind := range []string{"ServiceEntry", "VirtualService", "DestinationRule"} {
		for _, o := range s.WantedObjects(kind) {
			list, ok := o.Spec.(interface{ GetExportTo() []string })
			if !ok {
				continue
			}
			for i, ns := range list.GetExportTo() {
				near := diag.Nearest(ns, known)
				if exists[ns] || near == "" && !declares(s, o.Namespace) && s.Registry != facts.Closed {
					continue
				}
				f := r.at(facts.At(o, "spec.exportTo").Item(i), "namespace %q does not exist", ns)
				if near != "" {
					f.help("did you mean %q?", near)
				}
			}
		}
	}
}

// declares reports whether the input holds the Namespace object of a namespace: then it seems to hold them all.
func declares(s *facts.Set, namespace string) bool {
	return s.Mesh.Object("Namespace", "", namespace) != nil
}

var _ = register(diag.Check{
	ID:       "SEM114",
	Title:    "Sidecar imports a host that does not exist",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `An egress host is "namespace/host". That namespace has no such host, or does not export it to the Sidecar's namespace: the import has no
effect, and requests to the host are treated as requests to an unknown host.`,
	Fix: `Correct the namespace or the host, or export the service.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress: [{hosts: ["prod/rewiews.prod.svc.cluster.local"]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress: [{hosts: ["prod/reviews.prod.svc.cluster.local"]}]
`,
	Aliases: []string{"KIA1004"},
}, idleImport)

func idleImport(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("Sidecar") {
		for i, l := range config.Spec[*networking.Sidecar](o).GetEgress() {
			for j, h := range l.GetHosts() {
				at := facts.At(o, "spec.egress").Item(i).Sub("hosts").Item(j)
				if ns, host, ok := strings.Cut(h, "/"); ok && host != "*" && strings.Contains(host, ".") {
					reportIdleImport(s, r, at, ns, host)
				}
			}
		}
	}
}

// reportIdleImport looks for the service that an import means.
func reportIdleImport(s *facts.Set, r *reporter, at facts.Place, ns, host string) {
	if ns == "." {
		ns = at.Object.Namespace
	}
	imported := func(svc *mesh.Service) bool {
		return (ns == "*" || svc.Namespace == ns) && svc.VisibleIn(at.Object.Namespace)
	}
	matching := s.Hosts.Matching(host)
	if slices.ContainsFunc(matching, imported) || slices.ContainsFunc(s.Mesh.Covering(host), imported) {
		return
	}
	all := s.Mesh.ServicesOf(host)
	switch {
	case mesh.IsWildcard(host) && len(matching) > 0:
		if ns != "~" && ns != "*" {
			r.at(at, "nothing is imported: %q matches only hosts of other namespaces, such as %s", host, matching[0].Namespace).
				related(facts.At(matching[0].Object, matching[0].Field), "registered here")
		}
	case len(all) == 0 && s.Hosts.Presence(host) == facts.Absent:
		f := r.at(at, "nothing is imported: no Service or ServiceEntry has the host %q", host)
		if near := s.Hosts.Nearest(host); near != "" {
			f.help("did you mean %q?", near)
		}
		f.infoUnless(s.Hosts.Complete(host))
	case len(all) == 0 || ns == "~":
	case ns != "*" && all[0].Namespace != ns && len(all) == 1:
		r.at(at, "%q is in namespace %s, not in %s", host, all[0].Namespace, ns).help("write %s/%s", all[0].Namespace, host).
			related(facts.At(all[0].Object, all[0].Field), "registered here")
	case !all[0].VisibleIn(at.Object.Namespace):
		r.at(at, "%q is not exported to namespace %s", host, at.Object.Namespace).
			related(facts.At(all[0].Object, all[0].Field), "registered here")
	}
}
