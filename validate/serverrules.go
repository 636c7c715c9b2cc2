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
	ID:       "SEM193",
	Title:    "kind of route does not fit any server of the gateway",
	Severity: diag.Error,
	Stage:    diag.AtListener,
	Why: `A server that reads HTTP, in plaintext or after terminating TLS, uses http routes. A server with TLS passthrough uses tls routes; a TCP
server, or one of protocol TLS that terminates, uses tcp routes. Other routes are ignored.`,
	Fix: `Use the kind of route that fits the server, or change the server's protocol or TLS mode.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: tls, protocol: TLS}, hosts: [a.example.com], tls: {mode: PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [a.example.com]
  gateways: [ingress/edge]
  http: [{route: [{destination: {host: web.shop.svc.cluster.local}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: tls, protocol: TLS}, hosts: [a.example.com], tls: {mode: PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [a.example.com]
  gateways: [ingress/edge]
  tls: [{match: [{sniHosts: [a.example.com]}], route: [{destination: {host: web.shop.svc.cluster.local}}]}]
`,
}, misfitRules)

func misfitRules(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		for _, family := range []string{"http", "tls", "tcp"} {
			servers := takers(s, o, family)
			if len(servers) == 0 || slices.ContainsFunc(servers, func(v facts.Server) bool { return v.RuleKind() == family }) {
				continue
			}
			f := r.at(facts.At(o, "spec."+family), "%s routes are ignored: they fit no server of %s", family, name(servers[0].Object))
			for _, v := range servers {
				if v.RuleKind() != "" {
					f.related(v.Place, "this server uses %s routes", v.RuleKind())
				}
			}
		}
	}
}

// takers returns the servers that one list of rules is meant for: those of all Gateways that it is bound to which take one of its
// hosts. Of rules for sidecars, too, only what names a gateway counts.
func takers(s *facts.Set, o *config.Object, family string) []facts.Server {
	spec := config.Spec[*networking.VirtualService](o)
	servers, known := s.Gateways.Servers(ruledGateways(o, family))
	if !known {
		return nil
	}
	return slices.DeleteFunc(servers, func(v facts.Server) bool {
		return !slices.ContainsFunc(spec.GetHosts(), func(h string) bool { return v.Takes(s.FullHost(h, o), o.Namespace) })
	})
}

// ruledGateways returns the gateways that one list of rules is plainly for.
func ruledGateways(o *config.Object, family string) []string {
	spec, all := config.Spec[*networking.VirtualService](o), facts.GatewaysOf(o)
	var named []string
	add := func(names []string) {
		for _, n := range names {
			named = append(named, facts.FullGateway(n, o))
		}
	}
	rules := 0
	switch family {
	case "http":
		rules = len(spec.GetHttp())
		for _, rule := range spec.GetHttp() {
			for _, m := range rule.GetMatch() {
				add(m.GetGateways())
			}
		}
	case "tls":
		rules = len(spec.GetTls())
		for _, rule := range spec.GetTls() {
			for _, m := range rule.GetMatch() {
				add(m.GetGateways())
			}
		}
	case "tcp":
		rules = len(spec.GetTcp())
		for _, rule := range spec.GetTcp() {
			for _, m := range rule.GetMatch() {
				add(m.GetGateways())
			}
		}
	}
	switch {
	case rules == 0:
		return nil
	case slices.Contains(all, mesh.MeshGateway):
		return named
	}
	return all
}

var _ = register(diag.Check{
	ID:       "SEM194",
	Title:    "server has no routes and does not listen",
	Severity: diag.Warning,
	Stage:    diag.AtListener,
	Why: `A server with TLS passthrough or TCP opens its port only for matching routes. Without routes, the gateway does not listen: connections are
refused or closed.`,
	Fix: `Bind a VirtualService for a host of the server to the Gateway.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com]}
  - {port: {number: 443, name: tls, protocol: TLS}, hosts: [db.example.com], tls: {mode: PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [a.example.com]
  gateways: [ingress/edge]
  http: [{route: [{destination: {host: web.shop.svc.cluster.local}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com]}
  - {port: {number: 443, name: tls, protocol: TLS}, hosts: [db.example.com], tls: {mode: PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [a.example.com]
  gateways: [ingress/edge]
  http: [{route: [{destination: {host: web.shop.svc.cluster.local}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  gateways: [ingress/edge]
  tls: [{match: [{sniHosts: [db.example.com]}], route: [{destination: {host: db.shop.svc.cluster.local}}]}]
`,
}, idleServer)

func idleServer(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("Gateway") {
		rules := s.Routes.BoundTo(o.Namespace + "/" + o.Name)
		if len(rules) == 0 {
			continue // whoever routes from it is not in the input
		}
		for _, v := range facts.ServersOf(o) {
			if f := v.RuleKind(); f != "tls" && f != "tcp" || slices.ContainsFunc(rules, func(vs *config.Object) bool { return s.Gateways.Meets(v, vs) }) {
				continue
			}
			r.at(v.Place, "the server does not listen on port %d: no VirtualService of the Gateway has one of its hosts", v.GetPort().GetNumber())
		}
	}
}
