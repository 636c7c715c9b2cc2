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
	ID:       "SEM190",
	Title:    "host of the rules is served by no server of the gateway",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Why: `A gateway takes requests for the hosts of its servers only. Rules for another host are not given to it: it answers 404, or closes
the connection where TLS names such a host.`,
	Fix: `Add the host to a server of the Gateway, or take it out of the VirtualService.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
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
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com, b.example.com]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
  gateways: [ingress/edge]
  http: [{route: [{destination: {host: web.shop.svc.cluster.local}}]}]
`,
	Aliases: []string{"IST0132"},
}, unservedHost)

func unservedHost(s *facts.Set, r *reporter) {
	eachUnserved(s, func(at facts.Place, host string, servers []facts.Server, excluding *facts.Place) {
		if excluding != nil {
			return
		}
		f := r.at(at, "no server of %s takes the host %q", name(servers[0].Object), host)
		for _, v := range servers {
			f.related(v.Sub("hosts"), "this server takes %s", strings.Join(v.GetHosts(), ", "))
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM191",
	Title:    "server keeps out the namespace of the rules",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Why: `A host of a server may begin with a namespace and a slash. Then only VirtualServices of that namespace are given to it; to rules of
another namespace the gateway is as one that does not have the host.`,
	Fix: `Write the namespace of the rules before the host, or */ for every namespace.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [ingress/a.example.com]}
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
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [shop/a.example.com]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [a.example.com]
  gateways: [ingress/edge]
  http: [{route: [{destination: {host: web.shop.svc.cluster.local}}]}]
`,
	Aliases: []string{"IST0132"},
}, keptOut)

func keptOut(s *facts.Set, r *reporter) {
	eachUnserved(s, func(at facts.Place, host string, servers []facts.Server, excluding *facts.Place) {
		if excluding == nil {
			return
		}
		r.at(at, "%s takes the host %q, but not from rules of namespace %s", name(excluding.Object), host, at.Object.Namespace).
			related(*excluding, "the server limits the namespace here")
	})
}

// eachUnserved yields the hosts of rules that no Gateway which they are bound to takes, with its servers and the host of one that
// only keeps out the namespace. It says nothing where one of the Gateways is not in the input.
func eachUnserved(s *facts.Set, do func(at facts.Place, host string, servers []facts.Server, excluding *facts.Place)) {
	for _, o := range s.WantedObjects("VirtualService") {
		servers, known := s.Gateways.Servers(facts.GatewaysOf(o))
		if !known || len(servers) == 0 {
			continue
		}
		spec := config.Spec[*networking.VirtualService](o)
		served := func(h string) bool {
			return slices.ContainsFunc(servers, func(v facts.Server) bool { return v.Takes(s.FullHost(h, o), o.Namespace) })
		}
		if facts.IsBoundTo(o, mesh.MeshGateway) && slices.ContainsFunc(spec.GetHosts(), served) {
			continue // the other hosts are for the sidecars
		}
		for i, h := range spec.GetHosts() {
			if !served(h) && !facts.IsShortName(h) {
				do(facts.At(o, "spec.hosts").Item(i), h, servers, excluding(servers, s.FullHost(h, o)))
			}
		}
	}
}

// excluding returns the server's host that would take a host if it came from another namespace.
func excluding(servers []facts.Server, host string) *facts.Place {
	for _, v := range servers {
		for i := range v.GetHosts() {
			if mesh.Overlap(v.HostAt(i).Name, host) {
				p := v.HostPlace(i)
				return &p
			}
		}
	}
	return nil
}
