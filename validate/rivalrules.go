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
	ID:       "SEM164",
	Title:    "two VirtualServices for one host in the mesh",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Why: `Sidecars use the HTTP routes of one VirtualService for each host. One that is not exported to all namespaces takes
precedence over one that is, then the older one. VirtualServices are not merged for sidecars: the routes of the other have no effect.`,
	Fix: `Merge the VirtualServices, or split them with delegates.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: shop}
spec:
  hosts: [reviews]
  http: [{timeout: 5s, route: [{destination: {host: reviews}}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [reviews]
  http: [{timeout: 5s, route: [{destination: {host: reviews}}]}]
`,
	Aliases: []string{"IST0109", "KIA1106"},
}, rivalRules)

func rivalRules(s *facts.Set, r *reporter) {
	eachOutranked(s, func(o *config.Object, lost []outranked) {
		if len(lost) < len(config.Spec[*networking.VirtualService](o).GetHosts()) {
			return
		}
		for _, l := range lost {
			r.at(l.Place, "the HTTP routes for %q are ignored: %s has the same host and takes precedence", l.host, name(l.by)).
				related(facts.At(l.by, "spec.hosts"), "its routes are used%s", elder(l.by, o))
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM165",
	Title:    "another VirtualService takes precedence for some hosts",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Why: `Sidecars use the HTTP routes of one VirtualService for each host. This one shares some hosts with an older VirtualService, which takes
precedence for those; its own routes apply to the remaining hosts only.`,
	Fix: `Remove the shared host from one of the two.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: ratings, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: shop}
spec:
  hosts: [reviews, ratings]
  http: [{timeout: 5s, route: [{destination: {host: ratings}}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: ratings, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: shop}
spec:
  hosts: [ratings]
  http: [{timeout: 5s, route: [{destination: {host: ratings}}]}]
`,
	Aliases: []string{"IST0109", "KIA1106"},
}, partlyRivalRules)

func partlyRivalRules(s *facts.Set, r *reporter) {
	eachOutranked(s, func(o *config.Object, lost []outranked) {
		if len(lost) == len(config.Spec[*networking.VirtualService](o).GetHosts()) {
			return
		}
		for _, l := range lost {
			r.at(l.Place, "%q is routed by %s, which takes precedence; these routes apply to the other hosts only", l.host, name(l.by)).
				related(facts.At(l.by, "spec.hosts"), "its routes are used%s", elder(l.by, o))
		}
	})
}

// An outranked is a host of a VirtualService for which another one decides.
type outranked struct {
	facts.Place
	host string
	by   *config.Object
}

// eachOutranked calls do for every VirtualService that loses hosts, as sidecars of its own namespace see it.
func eachOutranked(s *facts.Set, do func(*config.Object, []outranked)) {
	for _, v := range s.Mesh.VirtualServices() {
		if !s.Wanted(v.Object) {
			continue
		}
		var lost []outranked
		for i, h := range facts.HostsInMesh(v) {
			if s.Routes.CountInMesh(h) < 2 {
				continue
			}
			if by := decider(s, v, h); by != nil {
				lost = append(lost, outranked{facts.At(v.Object, "spec.hosts").Item(i), h, by.Object})
			}
		}
		if len(lost) > 0 {
			do(v.Object, lost)
		}
	}
}

// decider returns the VirtualService that decides about a host in place of another one of precisely this host, in that one's own
// namespace; nil where it decides itself.
func decider(s *facts.Set, v *mesh.VirtualService, host string) *mesh.VirtualService {
	if !v.VisibleIn(v.Object.Namespace) {
		return nil
	}
	view := s.Client(v.Object.Namespace)
	for _, l := range view.Egress {
		by := l.VirtualService(host)
		imported := view.Sidecar == nil || slices.Contains(l.VirtualServices, v)
		if by != nil && by != v && imported && slices.Contains(by.HostNames(), host) {
			return by
		}
	}
	return nil
}

var _ = register(diag.Check{
	ID:       "SEM166",
	Title:    "wildcard VirtualService does not apply to a more specific host",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `Only the VirtualService with the most specific host applies. A request that matches no route of it does not fall back to the wildcard
VirtualService: it takes the default route, or receives 404 at a gateway.`,
	Fix: `Repeat the routes of the wildcard host that should apply to this host.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: all, namespace: shop}
spec:
  hosts: ["*.shop.svc.cluster.local"]
  http: [{match: [{uri: {prefix: /beta}}], route: [{destination: {host: reviews}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.shop.svc.cluster.local]
  http: [{route: [{destination: {host: reviews}}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.shop.svc.cluster.local]
  http:
  - {match: [{uri: {prefix: /beta}}], route: [{destination: {host: reviews}}]}
  - {route: [{destination: {host: reviews}}]}
`,
}, moreSpecificRules)

func moreSpecificRules(s *facts.Set, r *reporter) {
	wild := map[string]*mesh.VirtualService{}
	for _, v := range s.Mesh.VirtualServices() {
		for _, h := range facts.HostsInMesh(v) {
			if mesh.IsWildcard(h) && h != "*" && wild[h] == nil {
				wild[h] = v
			}
		}
	}
	for _, v := range s.Mesh.VirtualServices() {
		if !s.Wanted(v.Object) {
			continue
		}
		for i, h := range facts.HostsInMesh(v) {
			if w := facts.ClosestWildcard(wild, h); w != nil && w != v && w.VisibleIn(v.Object.Namespace) {
				r.at(facts.At(v.Object, "spec.hosts").Item(i), "routes of %s do not apply to %q: this VirtualService has the more specific host", name(w.Object), h).
					related(facts.At(w.Object, "spec.hosts"), "its wildcard covers the host")
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM177",
	Title:    "VirtualService lists one host twice",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `A short name is completed to the full name of a Kubernetes Service. Both hosts are the same; Istio's webhook compares them as written and
does not notice, and the proxy keeps one of them.`,
	Fix: `Remove one of the two.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews, reviews.shop.svc.cluster.local]
  http: [{route: [{destination: {host: reviews}}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews}}]}]
`,
}, hostTwice)

func hostTwice(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		at := func(i int) facts.Place { return facts.At(o, "spec.hosts").Item(i) }
		first := map[string]int{}
		for i, h := range spec.GetHosts() {
			full := s.FullHost(h, o)
			if j, twice := first[full]; twice && spec.GetHosts()[j] != h {
				r.at(at(i), "%q and %q are the same host", spec.GetHosts()[j], h).related(at(j), "%q is listed here", spec.GetHosts()[j])
				continue
			}
			first[full] = i
		}
	})
}
