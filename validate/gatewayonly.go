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
	ID:       "SEM245",
	Title:    "rules for sidecars do not apply to a gateway",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A VirtualService without gateways applies to sidecars only. A gateway that routes to the same host uses its own routes: its requests go to
all endpoints, whatever subset sidecars use.`,
	Fix: `Select the subset in the route of the gateway, too.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {selector: {app: reviews}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews-v1, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews, version: v1}}
  template: {metadata: {labels: {app: reviews, version: v1}}, spec: {containers: [{name: app, image: reviews}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews-v2, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews, version: v2}}
  template: {metadata: {labels: {app: reviews, version: v2}}, spec: {containers: [{name: app, image: reviews}]}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews, subset: v1}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [ingress/edge]
  http: [{route: [{destination: {host: reviews}}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {selector: {app: reviews}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews-v1, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews, version: v1}}
  template: {metadata: {labels: {app: reviews, version: v1}}, spec: {containers: [{name: app, image: reviews}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews-v2, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews, version: v2}}
  template: {metadata: {labels: {app: reviews, version: v2}}, spec: {containers: [{name: app, image: reviews}]}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews, subset: v1}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [ingress/edge]
  http: [{route: [{destination: {host: reviews, subset: v1}}]}]
`,
	Aliases: []string{"IST0140"},
}, sidecarSubsets)

func sidecarSubsets(s *facts.Set, r *reporter) {
	chosen := chosenSubsets(s)
	for _, o := range s.WantedObjects("VirtualService") {
		for _, t := range s.Routes.Destinations(o) {
			by := chosen[s.FullHost(t.Host, o)]
			if by == nil || by.Object == o || t.Subset != "" || t.Mirror || t.Protocol != "http" || t.FromSidecars() || sharesGateway(t, by.Object) || isWhole(s, by) {
				continue
			}
			r.at(t.HostPlace(), "the gateway sends requests to all endpoints of %q: %s applies to sidecars only", t.Host, name(by.Object)).
				related(by.Place, "sidecars use subset %q", by.Subset).
				infoUnless(s.Registry == facts.Closed || hasEndpoints(s, by))
		}
	}
}

// chosenSubsets returns, by host, a destination in the host's own rules for sidecars that chooses a subset of it.
func chosenSubsets(s *facts.Set) map[string]*facts.Destination {
	chosen := map[string]*facts.Destination{}
	for _, o := range s.Mesh.Objects("VirtualService") {
		hosts := config.Spec[*networking.VirtualService](o).GetHosts()
		for _, t := range s.Routes.Destinations(o) {
			host := s.FullHost(t.Host, o)
			own := slices.ContainsFunc(hosts, func(h string) bool { return s.FullHost(h, o) == host })
			if own && chosen[host] == nil && t.Subset != "" && t.Protocol == "http" && !t.Mirror && t.FromSidecars() {
				chosen[host] = &t
			}
		}
	}
	return chosen
}

// hasEndpoints reports whether the input shows any endpoint of the host of a destination: without one, the subset may be all of them.
func hasEndpoints(s *facts.Set, t *facts.Destination) bool {
	svc := s.Client(t.Object.Namespace).Service(s.FullHost(t.Host, t.Object))
	return svc != nil && len(s.Workloads.EndpointLabels(svc)) > 0
}

// isWhole reports whether every endpoint of a host is in the subset of a destination, as far as the input shows: then it makes no
// difference who uses it.
func isWhole(s *facts.Set, t *facts.Destination) bool {
	client := s.Client(t.Object.Namespace)
	svc := client.Service(s.FullHost(t.Host, t.Object))
	if svc == nil {
		return false
	}
	subset, endpoints := client.DestinationRule(svc).Subset(t.Subset), s.Workloads.EndpointLabels(svc)
	other := func(labels map[string]string) bool { return !facts.HasLabels(labels, subset.Labels) }
	return subset != nil && len(endpoints) > 0 && !slices.ContainsFunc(endpoints, other)
}

// sharesGateway reports whether rules are bound to a gateway at which a destination's rule acts.
func sharesGateway(t facts.Destination, o *config.Object) bool {
	return slices.ContainsFunc(t.Gateways(), func(g string) bool { return facts.IsBoundTo(o, g) })
}

var _ = register(diag.Check{
	ID:       "SEM246",
	Title:    "VirtualService of a host does not apply to sidecars",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `A VirtualService with gateways applies to these gateways only. Workloads of the mesh call the host, too; their requests use the defaults
of the host and bypass these routes and the gateway.`,
	Fix: `Add mesh to gateways, with match.gateways where sidecars and gateway need different routes, or write a separate VirtualService for
sidecars.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  gateways: [net/egress]
  http: [{timeout: 2s, route: [{destination: {host: api.example.com, port: {number: 80}}}]}]
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
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  gateways: [mesh, net/egress]
  http: [{timeout: 2s, route: [{destination: {host: api.example.com, port: {number: 80}}}]}]
`,
}, gatewayOnly)

func gatewayOnly(s *facts.Set, r *reporter) {
	ruled := map[string]bool{} // hosts that have rules for sidecars
	for _, o := range s.Mesh.Objects("VirtualService") {
		if facts.IsBoundTo(o, mesh.MeshGateway) {
			for _, h := range config.Spec[*networking.VirtualService](o).GetHosts() {
				ruled[s.FullHost(h, o)] = true
			}
		}
	}
	for _, o := range s.WantedObjects("VirtualService") {
		spec := config.Spec[*networking.VirtualService](o)
		if facts.IsBoundTo(o, mesh.MeshGateway) {
			continue
		}
		for i, h := range spec.GetHosts() {
			svcs := s.Mesh.ServicesOf(h) // a short name is SEM111's
			if len(svcs) == 0 || !strings.Contains(h, ".") || covered(ruled, h) {
				continue
			}
			r.at(facts.At(o, "spec.hosts").Item(i), "the routes apply only at Gateway %s: requests from the mesh to %q bypass them", strings.Join(spec.GetGateways(), ", "), h).
				related(facts.At(svcs[0].Object, svcs[0].Field), "host registered here")
		}
	}
}

// covered reports whether a host or a wildcard that covers it is in a set.
func covered(set map[string]bool, host string) bool {
	if set[host] || set["*"] {
		return true
	}
	for rest := strings.TrimPrefix(host, "*."); ; {
		_, parent, more := strings.Cut(rest, ".")
		if !more {
			return false
		}
		if set["*."+parent] {
			return true
		}
		rest = parent
	}
}

var _ = register(diag.Check{
	ID:       "SEM244",
	Title:    "short host name in a delegate of another namespace",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `A host without dots is completed with the namespace of its resource. The delegate is in another namespace than its root, so the same name
means a different Service in each.`,
	Fix: `Write the fully qualified name.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [ingress/edge]
  http: [{match: [{uri: {prefix: /reviews}}], delegate: {name: reviews, namespace: team}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: team}
spec:
  http: [{route: [{destination: {host: reviews}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [ingress/edge]
  http: [{match: [{uri: {prefix: /reviews}}], delegate: {name: reviews, namespace: team}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: team}
spec:
  http: [{route: [{destination: {host: reviews.team.svc.cluster.local}}]}]
`,
}, shortInDelegate)

func shortInDelegate(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	s.Routes.EachDelegation(s.Mesh.Objects("VirtualService"), func(d facts.Delegation) { // it is reported at the delegates
		if d.To == nil || d.To.Namespace == d.Object.Namespace {
			return
		}
		for _, t := range s.Routes.Destinations(d.To) {
			full := s.FullHost(t.Host, d.To)
			if full == t.Host || reported[t.HostPlace()] || s.Hosts.Presence(full) != facts.Unknown {
				continue
			}
			reported[t.HostPlace()] = true
			r.at(t.HostPlace(), "%q means %s here, in the namespace of the delegate", t.Host, full).help("write %s, or another fully qualified name", full).
				related(d.Place, "delegated from namespace %s", d.Object.Namespace)
		}
	})
}
