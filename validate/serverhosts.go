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
	Title:    "host of the VirtualService is not served by the Gateway",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Why: `A gateway serves the hosts of its servers only. Routes for another host are not sent to it: it responds with 404, or closes the connection
if the SNI is such a host.`,
	Fix: `Add the host to a server of the Gateway, or remove it from the VirtualService.`,
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
	Alone:   true,
}, unservedHost)

func unservedHost(s *facts.Set, r *reporter) {
	eachUnserved(s, func(at facts.Place, host string, servers []facts.Server, excluding *facts.Place) {
		if excluding != nil {
			return
		}
		f := r.at(at, "no server of %s has the host %q", name(servers[0].Object), host)
		for _, v := range servers {
			f.related(v.Sub("hosts"), "this server has %s", strings.Join(v.GetHosts(), ", "))
		}
	})
	for _, o := range s.WantedObjects("VirtualService") {
		unusedGateway(s, r, o)
	}
}

// unusedGateway reports the gateways of a VirtualService that take no host of it, where others do.
func unusedGateway(s *facts.Set, r *reporter, o *config.Object) {
	spec := config.Spec[*networking.VirtualService](o)
	var idle []int
	all := 0
	for i, g := range spec.GetGateways() {
		if g == mesh.MeshGateway {
			continue
		}
		all++
		servers, known := s.Gateways.Servers([]string{facts.FullGateway(g, o)})
		takes := func(h string) bool {
			return slices.ContainsFunc(servers, func(v facts.Server) bool { return v.Takes(s.FullHost(h, o), o.Namespace) })
		}
		if known && len(servers) > 0 && !slices.ContainsFunc(spec.GetHosts(), takes) {
			idle = append(idle, i)
		}
	}
	if all < 2 || len(idle) == all {
		return
	}
	for _, i := range idle {
		r.at(facts.At(o, "spec.gateways").Item(i), "Gateway %s has no host of this VirtualService: its routes do not apply there",
			facts.FullGateway(spec.GetGateways()[i], o)).severity(diag.Warning).help("add the host to a server of the Gateway, or remove the Gateway from the list")
	}
}

var _ = register(diag.Check{
	ID:       "SEM191",
	Title:    "Gateway server excludes the namespace of the VirtualService",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Why:      `A server host can begin with a namespace and a slash. The gateway then ignores VirtualServices of other namespaces for this host.`,
	Fix:      `Write the namespace of the VirtualService before the host, or */ for every namespace.`,
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
		r.at(at, "%s has the host %q, but excludes VirtualServices of namespace %s", name(excluding.Object), host, at.Object.Namespace).
			related(*excluding, "namespace is restricted here")
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
