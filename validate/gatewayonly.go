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
	Title:    "rules of the sidecars do not act on what a gateway sends",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Rules without gateways act at sidecars only. A gateway that routes straight to the host goes by its own rules: its requests are
spread over all endpoints, whatever subset the rules of the sidecars choose.`,
	Fix: `Choose the subset in the rule of the gateway as well, or bind the rules of the host to the gateway.`,
	Wrong: `
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
			if by == nil || by.Object == o || t.Subset != "" || t.Mirror || t.Protocol != "http" || t.FromSidecars() || sharesGateway(t, by.Object) {
				continue
			}
			r.at(t.HostPlace(), "requests of the gateway go to all endpoints of %q: the rules of %s act at sidecars only", t.Host, name(by.Object)).
				related(by.Place, "sidecars are routed to subset %q", by.Subset)
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

// sharesGateway reports whether rules are bound to a gateway at which a destination's rule acts.
func sharesGateway(t facts.Destination, o *config.Object) bool {
	return slices.ContainsFunc(t.Gateways(), func(g string) bool { return facts.IsBoundTo(o, g) })
}

var _ = register(diag.Check{
	ID:       "SEM246",
	Title:    "rules of a host do not act at sidecars",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `A VirtualService that lists gateways acts at these alone. The host is one that workloads of the mesh call as well; what they send
goes by the defaults of the host: past the rules, and past the gateway.`,
	Fix: `Add mesh to gateways, with match.gateways where sidecars and gateway need different rules; or write rules for the sidecars apart.`,
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
			r.at(facts.At(o, "spec.hosts").Item(i), "the rules act only at %s; what workloads of the mesh send to %q passes them by", strings.Join(spec.GetGateways(), ", "), h).
				related(facts.At(svcs[0].Object, svcs[0].Field), "the host is registered here")
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
	Why: `A host without dots is completed with the namespace of the document that it stands in. The delegate stands in another namespace than
the rules that delegate to it, so that the same name means another Service in each of the two.`,
	Fix: `Write the full name.`,
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
			r.at(t.HostPlace(), "%q is %s here, in the delegate's own namespace", t.Host, full).help("write %s, or the full name that is meant", full).
				related(d.Place, "it is delegated to from namespace %s", d.Object.Namespace)
		}
	})
}
