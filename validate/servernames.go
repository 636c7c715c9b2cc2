package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM287",
	Title:    "SNI is listed twice in one match",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `The SNI names of a match become one filter chain. istiod writes a repeated name twice, and Envoy rejects the listener: later changes to
this port do not reach the proxy, and a new proxy does not open the port.`,
	Fix: `Remove the duplicate.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [ingress/edge]
  tls: [{match: [{sniHosts: [api.example.com, api.example.com]}], route: [{destination: {host: api.example.com}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [ingress/edge]
  tls: [{match: [{sniHosts: [api.example.com]}], route: [{destination: {host: api.example.com}}]}]
`,
}, doubleServerName)

func doubleServerName(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		facts.EachTLSMatch(o, func(at facts.Place, m *networking.TLSMatchAttributes) {
			for i, sni := range m.GetSniHosts() {
				if first := slices.Index(m.GetSniHosts(), sni); first < i {
					r.at(sniPlace(at, i), "%q is listed twice in this match: Envoy rejects the listener", sni).
						related(sniPlace(at, first), "first listed here")
				}
			}
		})
	}
}

// sniPlace is where a server name of a match stands.
func sniPlace(match facts.Place, i int) facts.Place {
	return match.Sub("sniHosts").Item(i)
}

var _ = register(diag.Check{
	ID:       "SEM288",
	Title:    "gateway both terminates and passes through TLS for one SNI",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `On one port, a server terminates TLS for this name, and a route of another server passes the same name through. Envoy rejects a listener
with both filter chains: later changes to this port do not reach the gateway, and a new gateway does not open the port.`,
	Fix: `Either terminate TLS for this name or pass it through, or use two ports.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: edge}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [x.example.com], tls: {mode: SIMPLE, credentialName: x}}
  - {port: {number: 443, name: tls, protocol: TLS}, hosts: ["*.example.com"], tls: {mode: PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: decrypted, namespace: ingress}
spec:
  hosts: [x.example.com]
  gateways: [edge]
  http: [{route: [{destination: {host: x.shop.svc.cluster.local}}]}]
  tls: [{match: [{sniHosts: [x.example.com]}], route: [{destination: {host: x.shop.svc.cluster.local}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: edge}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [x.example.com], tls: {mode: SIMPLE, credentialName: x}}
  - {port: {number: 443, name: tls, protocol: TLS}, hosts: ["*.example.com"], tls: {mode: PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: decrypted, namespace: ingress}
spec:
  hosts: [x.example.com]
  gateways: [edge]
  http: [{route: [{destination: {host: x.shop.svc.cluster.local}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: through, namespace: ingress}
spec:
  hosts: [y.example.com]
  gateways: [edge]
  tls: [{match: [{sniHosts: [y.example.com]}], route: [{destination: {host: y.shop.svc.cluster.local}}]}]
`,
}, twoEnds)

func twoEnds(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, group := range s.Gateways.Sockets() {
		ends := map[string]facts.Server{} // servers that decrypt, by name
		for _, v := range group {
			for i := range v.GetHosts() {
				if host := v.HostAt(i).Name; v.Terminates() && host != "*" {
					ends[host] = v
				}
			}
		}
		for _, v := range group {
			if len(ends) == 0 || v.RuleKind() != "tls" {
				continue
			}
			eachPassedThrough(s, v, func(at facts.Place, sni string) {
				if end, ok := ends[sni]; ok && !reported[at] {
					reported[at] = true
					r.at(at, "Envoy rejects the listener: %q is passed through here, and another server of port %d terminates it", sni, v.GetPort().GetNumber()).
						related(end.Place, "this server terminates TLS")
				}
			})
		}
	}
}

// eachPassedThrough calls do for every server name that TLS rules route at a server that passes TLS through.
func eachPassedThrough(s *facts.Set, v facts.Server, do func(at facts.Place, sni string)) {
	gateway := v.Object.Namespace + "/" + v.Object.Name
	for _, o := range s.Routes.BoundTo(gateway) {
		if !s.Gateways.Meets(v, o) {
			continue
		}
		facts.EachTLSMatch(o, func(at facts.Place, m *networking.TLSMatchAttributes) {
			here := len(m.GetGateways()) == 0 || slices.ContainsFunc(m.GetGateways(), func(g string) bool { return facts.FullGateway(g, o) == gateway })
			if !here || m.GetPort() != 0 && m.GetPort() != v.GetPort().GetNumber() {
				return
			}
			for i, sni := range m.GetSniHosts() {
				do(sniPlace(at, i), sni)
			}
		})
	}
}
