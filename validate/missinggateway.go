package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM107",
	Title:    "Gateway that rules are bound to does not exist",
	Severity: diag.Error,
	Why: `A name without a namespace means a Gateway of the document's own namespace. Rules that are bound to a Gateway that does not
exist apply nowhere.`,
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
			near := nearestGateway(s, ns, base)
			if near == "" && s.Registry != facts.Closed && !s.Holds("Gateway", ns) {
				continue
			}
			f := r.at(g.Place, "there is no Gateway %s", full)
			if near != "" {
				f.help("did you mean %s?", near)
			}
		}
	}
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
	add := func(field string, names []string) {
		for i, n := range names {
			all = append(all, facts.Reference{Place: facts.At(o, source.Index(field+".gateways", i)), Host: n})
		}
	}
	add("spec", spec.GetGateways())
	for field, names := range gatewayMatches(spec) {
		add(field, names)
	}
	return all
}

var _ = register(diag.Check{
	ID:       "SEM108",
	Title:    "match names a gateway that the rules are not bound to",
	Severity: diag.Error,
	Why: `The gateways of a match narrow down those of the document. One that the document does not name is never reached, so the match
never holds.`,
	Fix: `Add the gateway to spec.gateways, or take it out of the match.`,
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
		for field, names := range gatewayMatches(spec) {
			for i, n := range names {
				if !slices.Contains(bound, facts.FullGateway(n, o)) {
					r.at(facts.At(o, source.Index(field+".gateways", i)), "the rules are not bound to gateway %q, so this match never holds", n).
						related(facts.At(o, "spec.gateways"), "they are bound to %s", strings.Join(bound, ", "))
				}
			}
		}
	}
}

// gatewayMatches yields each match that names gateways, by its path.
func gatewayMatches(spec *networking.VirtualService) func(func(string, []string) bool) {
	return func(yield func(string, []string) bool) {
		for i, r := range spec.GetHttp() {
			for j, m := range r.GetMatch() {
				if !yield(source.Index(source.Index("spec.http", i)+".match", j), m.GetGateways()) {
					return
				}
			}
		}
		for i, r := range spec.GetTls() {
			for j, m := range r.GetMatch() {
				if !yield(source.Index(source.Index("spec.tls", i)+".match", j), m.GetGateways()) {
					return
				}
			}
		}
		for i, r := range spec.GetTcp() {
			for j, m := range r.GetMatch() {
				if !yield(source.Index(source.Index("spec.tcp", i)+".match", j), m.GetGateways()) {
					return
				}
			}
		}
	}
}
