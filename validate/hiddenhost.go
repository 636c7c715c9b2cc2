package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM180",
	Title:    "destination is not visible to clients",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `The destination exists, but the namespace of the route cannot see it: its exportTo (on a Kubernetes Service: the annotation
networking.istio.io/exportTo) excludes the namespace, or a Sidecar does not import it. The proxies there have no cluster for the host and
respond with 503 (response flag NC).`,
	Fix: `Add the namespace to exportTo, or add the host to the egress hosts of the Sidecar.`,
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
	Aliases: []string{"IST0101"},
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
			f := r.at(t.HostPlace(), "clients in namespace %s cannot see %q", o.Namespace, host)
			for _, l := range view.HiddenServices(host) {
				f.related(exportPlace(l), "%s", l.Reason)
			}
			switch {
			case len(all) > 1:
			case !all[0].VisibleIn(o.Namespace):
				f.help("add %s to the exportTo of %s", o.Namespace, name(all[0].Object))
			case view.Sidecar != nil:
				f.help("add %s/%s to the egress hosts of Sidecar %s/%s", all[0].Namespace, host, view.Sidecar.Namespace, view.Sidecar.Name)
			}
		}
	}
	hiddenElsewhere(s, r)
}

// hiddenElsewhere reports the destinations of VirtualServices that clients of other namespaces do not see, though the rules and their host
// apply to them. One such namespace is named for each destination.
func hiddenElsewhere(s *facts.Set, r *reporter) {
	reported := map[*config.Object]map[string]bool{}
	for _, o := range s.WantedObjects("VirtualService") {
		if facts.IsBoundTo(o, mesh.MeshGateway) {
			reported[o] = map[string]bool{}
		}
	}
	if len(reported) == 0 {
		return
	}
	for _, ns := range s.Mesh.Namespaces() {
		if !s.Inhabited(ns) {
			continue
		}
		view := s.Client(ns)
		for _, v := range view.VirtualServices(mesh.MeshGateway) {
			if o := v.Object; reported[o] != nil && o.Namespace != ns && seesHostOf(s, view, o) {
				hiddenFrom(s, r, view, ns, o, reported[o])
			}
		}
	}
}

// seesHostOf reports whether clients see a service that a VirtualService has the host of.
func seesHostOf(s *facts.Set, view *mesh.View, o *config.Object) bool {
	return slices.ContainsFunc(config.Spec[*networking.VirtualService](o).GetHosts(), func(h string) bool { return view.Service(s.FullHost(h, o)) != nil })
}

// hiddenFrom reports the destinations of a VirtualService that clients of a namespace do not see, but those of its own namespace do.
func hiddenFrom(s *facts.Set, r *reporter, view *mesh.View, ns string, o *config.Object, reported map[string]bool) {
	own := s.Client(o.Namespace)
	for _, t := range s.Routes.Destinations(o) {
		host := s.FullHost(t.Host, o)
		if reported[host] || own.Service(host) == nil || view.Service(host) != nil {
			continue
		}
		reported[host] = true
		f := r.at(t.HostPlace(), "clients in namespace %s cannot see %q, and this VirtualService applies to them", ns, host).
			help("limit exportTo of the VirtualService, or export the destination to the same namespaces").severity(diag.Warning)
		for _, l := range view.HiddenServices(host) {
			f.related(exportPlace(l), "%s", l.Reason)
		}
	}
}

// exportAnnotation is the annotation by which a Kubernetes Service says who may see it.
const exportAnnotation = "networking.istio.io/exportTo"

// exportPlace is where what hides a service stands: the annotation of a Kubernetes Service, if it has one.
func exportPlace(l config.Ignored) facts.Place {
	if _, ok := l.Object.Annotations[exportAnnotation]; ok && l.Object.Kind == "Service" {
		return facts.At(l.Object, "metadata.annotations").Key(exportAnnotation)
	}
	return facts.At(l.Object, l.Field)
}

var _ = register(diag.Check{
	ID:       "SEM181",
	Title:    "DestinationRule in a namespace where no client uses it",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A client looks for a DestinationRule in its own namespace, then in the namespace of the service, then in the root namespace. This one is
in another namespace, which contains no workloads.`,
	Fix: `Move the DestinationRule to the namespace of the service or of its clients.`,
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
		r.at(facts.At(o, "metadata.namespace"), "only clients in namespace %s use this DestinationRule, and the input has no such client; %q is in namespace %s",
			o.Namespace, svcs[0].Host, svcs[0].Namespace).related(facts.At(svcs[0].Object, svcs[0].Field), "host registered here")
	}
}
