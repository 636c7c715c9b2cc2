package validate

import (
	"iter"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM107",
	Title:    "Gateway does not exist",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Alone:    true,
	Why: `A name without a namespace means a Gateway in the namespace of the VirtualService. A VirtualService that is bound to a Gateway that does
not exist has no effect there.`,
	Fix: `Write the Gateway as NAMESPACE/NAME.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: front, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - route: [{destination: {host: front}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: front, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/edge]
  http:
  - route: [{destination: {host: front}}]
`,
	Aliases: []string{"IST0101", "KIA1102"},
}, missingGateway)

func missingGateway(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		for _, g := range namedGateways(o) {
			full := facts.FullGateway(g.Host, o)
			ns, base, _ := strings.Cut(full, "/")
			if full == mesh.MeshGateway || s.Mesh.Object("Gateway", ns, base) != nil {
				continue
			}
			if inOtherWorld(s, ns, base) {
				continue
			}
			near := nearestGateway(s, ns, base)
			if near == "" && s.Registry != facts.Closed && !s.Holds("Gateway", ns) {
				continue
			}
			f := r.at(g.Place, "Gateway %s does not exist", full)
			if near != "" {
				f.help("did you mean %s?", near)
			}
			f.infoUnless(near != "" || s.Complete(ns, "Gateway"))
		}
	}
}

// inOtherWorld reports whether another world of the repository has a Gateway: an alternative to this one, or another build.
func inOtherWorld(s *facts.Set, namespace, base string) bool {
	for o := range s.OtherWorlds("Gateway") {
		if o.Namespace == namespace && o.Name == base {
			return true
		}
	}
	return false
}

// nearestGateway is the Gateway that a name most likely means: one of the same name in another namespace, or one of a name
// much like it.
func nearestGateway(s *facts.Set, namespace, base string) string {
	var full []string
	for _, o := range s.Mesh.Objects("Gateway") {
		if o.Name == base {
			return o.Namespace + "/" + o.Name
		}
		full = append(full, o.Namespace+"/"+o.Name)
	}
	return diag.Nearest(namespace+"/"+base, full)
}

// namedGateways returns the gateways that a VirtualService names, as they are written: those of the document, then those of its
// matches.
func namedGateways(o *config.Object) []facts.Reference {
	spec := config.Spec[*networking.VirtualService](o)
	var all []facts.Reference
	add := func(at facts.Place, names []string) {
		for i, n := range names {
			all = append(all, facts.Reference{Place: at.Sub("gateways").Item(i), Host: n})
		}
	}
	add(facts.At(o, "spec"), spec.GetGateways())
	for at, names := range gatewayMatches(o) {
		add(at, names)
	}
	return all
}

var _ = register(diag.Check{
	ID:       "SEM108",
	Title:    "match uses a gateway that is not in spec.gateways",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Why:      `The gateways of a match must be a subset of spec.gateways. A match with another gateway is always false.`,
	Fix:      `Add the gateway to spec.gateways, or remove it from the match.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: front, namespace: shop}
spec:
  hosts: [front]
  gateways: [mesh]
  http:
  - match: [{gateways: [istio-system/egress]}]
    route: [{destination: {host: front}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: front, namespace: shop}
spec:
  hosts: [front]
  gateways: [mesh, istio-system/egress]
  http:
  - match: [{gateways: [istio-system/egress]}]
    route: [{destination: {host: front}}]
`,
}, strangeGateway)

func strangeGateway(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		spec := config.Spec[*networking.VirtualService](o)
		if len(spec.GetHosts()) == 0 {
			continue // a delegate is bound by those who delegate to it
		}
		bound := facts.GatewaysOf(o)
		for at, names := range gatewayMatches(o) {
			for i, n := range names {
				if !slices.Contains(bound, facts.FullGateway(n, o)) {
					r.at(at.Sub("gateways").Item(i), "the match never matches: gateway %q is not in spec.gateways", n).
						related(facts.At(o, "spec.gateways"), "gateways: %s", strings.Join(bound, ", "))
				}
			}
		}
	}
}

// gatewayMatches yields the gateways of each match, by where it is written.
func gatewayMatches(o *config.Object) iter.Seq2[facts.Place, []string] {
	spec := config.Spec[*networking.VirtualService](o)
	return func(yield func(facts.Place, []string) bool) {
		for i, r := range spec.GetHttp() {
			for j, m := range r.GetMatch() {
				if !yield(facts.RuleAt(o, "http", i).Sub("match").Item(j), m.GetGateways()) {
					return
				}
			}
		}
		for i, r := range spec.GetTls() {
			for j, m := range r.GetMatch() {
				if !yield(facts.RuleAt(o, "tls", i).Sub("match").Item(j), m.GetGateways()) {
					return
				}
			}
		}
		for i, r := range spec.GetTcp() {
			for j, m := range r.GetMatch() {
				if !yield(facts.RuleAt(o, "tcp", i).Sub("match").Item(j), m.GetGateways()) {
					return
				}
			}
		}
	}
}
