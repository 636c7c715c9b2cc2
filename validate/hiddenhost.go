package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM180",
	Title:    "route leads to a host that clients do not see",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `The destination is registered, but exportTo (of a Kubernetes Service: the annotation networking.istio.io/exportTo) or a Sidecar
hides it from the namespace of the rules. For those clients there is no
cluster of that host: the proxy answers 503 with the flag NC.`,
	Fix: `Export the host to the namespace, or import it in the Sidecar.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  exportTo: ["."]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 80}}}]
    rewrite: {authority: api.example.com}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 80}}}]
    rewrite: {authority: api.example.com}
`,
}, hiddenHost)

func hiddenHost(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		if !facts.IsBoundTo(o, mesh.MeshGateway) {
			continue
		}
		view := s.Client(o.Namespace)
		for _, t := range s.Routes.Destinations(o) {
			host := s.FullHost(t.Host, o)
			all := s.Mesh.ServicesOf(host)
			if len(all) == 0 || view.Service(host) != nil {
				continue
			}
			f := r.at(t.HostPlace(), "clients in namespace %s do not see %q", o.Namespace, host)
			for _, l := range view.HiddenServices(host) {
				f.related(exportPlace(l), "%s", l.Reason)
			}
		}
	}
}

// exportAnnotation is the annotation by which a Kubernetes Service says who may see it.
const exportAnnotation = "networking.istio.io/exportTo"

// exportPlace is where what hides a service stands: the annotation of a Kubernetes Service, if it has one.
func exportPlace(l mesh.Loser) facts.Place {
	if _, ok := l.Object.Annotations[exportAnnotation]; ok && l.Object.Kind == "Service" {
		return facts.At(l.Object, "metadata.annotations").Key(exportAnnotation)
	}
	return facts.At(l.Object, l.Field)
}

var _ = register(diag.Check{
	ID:       "SEM181",
	Title:    "DestinationRule stands in a namespace where nobody uses it",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A client looks for a rule in its own namespace, then in that of the service, then in the root namespace. This rule stands in none of
those: the namespace holds nothing that could be a client.`,
	Fix: `Move the rule to the namespace of the service, or to that of its clients.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: team-x}
spec:
  host: reviews.prod.svc.cluster.local
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
}, strayRule)

func strayRule(s *facts.Set, r *reporter) {
	root := s.Mesh.Settings.Config.GetRootNamespace()
	for _, o := range s.WantedObjects("DestinationRule") {
		svcs := s.Hosts.Matching(s.FullHost(config.Spec[*networking.DestinationRule](o).GetHost(), o))
		if len(svcs) != 1 || o.Namespace == root || svcs[0].Namespace == o.Namespace || s.Inhabited(o.Namespace) {
			continue
		}
		r.at(facts.At(o, "metadata.namespace"), "only clients in namespace %s use this rule, and the input holds none; %q lives in namespace %s",
			o.Namespace, svcs[0].Host, svcs[0].Namespace).related(facts.At(svcs[0].Object, svcs[0].Field), "the host is registered here")
	}
}
