package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM245",
	Title:    "rules of the sidecars do not act on what a gateway sends",
	Severity: diag.Warning,
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

func sidecarSubsets(s *Scope, r *reporter) {
	chosen := s.chosenSubsets()
	for _, o := range s.subjects("VirtualService") {
		for _, t := range s.targets(o) {
			by := chosen[s.full(t.Host, o)]
			if by == nil || by.object == o || t.Subset != "" || t.mirror || t.protocol != "http" || t.fromSidecars() || sharesGateway(t, by.object) {
				continue
			}
			r.at(t.host(), "requests of the gateway go to all endpoints of %q: the rules of %s act at sidecars only", t.Host, name(by.object)).
				related(by.place, "sidecars are routed to subset %q", by.Subset)
		}
	}
}

// chosenSubsets returns, by host, a destination in the host's own rules for sidecars that chooses a subset of it.
func (s *Scope) chosenSubsets() map[string]*target {
	chosen := map[string]*target{}
	for _, o := range s.Mesh.Objects("VirtualService") {
		hosts := config.Spec[*networking.VirtualService](o).GetHosts()
		for _, t := range s.targets(o) {
			host := s.full(t.Host, o)
			own := slices.ContainsFunc(hosts, func(h string) bool { return s.full(h, o) == host })
			if own && chosen[host] == nil && t.Subset != "" && t.protocol == "http" && !t.mirror && t.fromSidecars() {
				chosen[host] = &t
			}
		}
	}
	return chosen
}

// sharesGateway says whether rules are bound to a gateway at which a destination's rule acts.
func sharesGateway(t target, o *config.Object) bool {
	return slices.ContainsFunc(t.reach(), func(g string) bool { return boundTo(o, g) })
}

var _ = register(diag.Check{
	ID:       "SEM246",
	Title:    "rules of a host do not act at sidecars",
	Severity: diag.Info,
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

func gatewayOnly(s *Scope, r *reporter) {
	ruled := map[string]bool{} // hosts that have rules for sidecars
	for _, o := range s.Mesh.Objects("VirtualService") {
		if boundTo(o, mesh.MeshGateway) {
			for _, h := range config.Spec[*networking.VirtualService](o).GetHosts() {
				ruled[s.full(h, o)] = true
			}
		}
	}
	for _, o := range s.subjects("VirtualService") {
		spec := config.Spec[*networking.VirtualService](o)
		if boundTo(o, mesh.MeshGateway) {
			continue
		}
		for i, h := range spec.GetHosts() {
			svcs := s.Mesh.ServicesOf(h) // a short name is SEM111's
			if len(svcs) == 0 || !strings.Contains(h, ".") || covered(ruled, h) {
				continue
			}
			r.at(place{o, source.Index("spec.hosts", i)}, "the rules act only at %s; what workloads of the mesh send to %q passes them by", strings.Join(spec.GetGateways(), ", "), h).
				related(place{svcs[0].Object, svcs[0].Field}, "the host is registered here")
		}
	}
}

// covered says whether a host or a wildcard that covers it is in a set.
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

func shortInDelegate(s *Scope, r *reporter) {
	told := map[place]bool{}
	s.eachDelegation(s.Mesh.Objects("VirtualService"), func(d delegation) { // it is told at the delegates
		if d.to == nil || d.to.Namespace == d.object.Namespace {
			return
		}
		for _, t := range s.targets(d.to) {
			full := s.full(t.Host, d.to)
			if full == t.Host || told[t.host()] || s.standing(full) != unknown {
				continue
			}
			told[t.host()] = true
			r.at(t.host(), "%q is %s here, in the delegate's own namespace", t.Host, full).help("write %s, or the full name that is meant", full).
				related(d.place, "it is delegated to from namespace %s", d.object.Namespace)
		}
	})
}
