package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM287",
	Title:    "server name stands twice in one match",
	Severity: diag.Error,
	Why: `The server names of a match become one filter chain. Istiod writes a name twice that stands there twice, and the proxy refuses the
listener for it: from then on no change of this port reaches the proxy, and one that starts anew does not open the port at all.`,
	Fix: `Remove the second.`,
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

func doubleServerName(s *Scope, r *reporter) {
	for _, o := range s.subjects("VirtualService") {
		eachTLSMatch(o, func(at place, m *networking.TLSMatchAttributes) {
			for i, sni := range m.GetSniHosts() {
				if first := slices.Index(m.GetSniHosts(), sni); first < i {
					r.at(sniPlace(at, i), "%q stands in this match already, and the proxy refuses a listener with a name twice", sni).
						related(sniPlace(at, first), "it stands here first")
				}
			}
		})
	}
}

// eachTLSMatch calls do for every match of the TLS rules of a VirtualService.
func eachTLSMatch(o *config.Object, do func(at place, m *networking.TLSMatchAttributes)) {
	for i, rule := range config.Spec[*networking.VirtualService](o).GetTls() {
		for j, m := range rule.GetMatch() {
			do(place{o, source.Index(source.Index("spec.tls", i)+".match", j)}, m)
		}
	}
}

// sniPlace is where a server name of a match stands.
func sniPlace(match place, i int) place {
	return place{match.object, source.Index(match.field+".sniHosts", i)}
}

var _ = register(diag.Check{
	ID:       "SEM288",
	Title:    "gateway is to decrypt a server name and to pass it through",
	Severity: diag.Error,
	Why: `On one port a server decrypts TLS for this name, and a rule of another server passes the same name through. Both become filter chains
for the same connections, and the proxy refuses a listener with such a pair: from then on no change of this port reaches the gateway,
and one that starts anew does not open the port at all.`,
	Fix: `Let each name be decrypted or passed through, or use two ports.`,
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

func twoEnds(s *Scope, r *reporter) {
	told := map[place]bool{}
	for _, group := range s.sharedPorts() {
		ends := map[string]server{} // servers that decrypt, by name
		for _, v := range group {
			for i := range v.GetHosts() {
				if host := v.hostAt(i).name; v.terminates() && host != "*" {
					ends[host] = v
				}
			}
		}
		for _, v := range group {
			if len(ends) == 0 || v.family() != "tls" {
				continue
			}
			s.eachPassedThrough(v, func(at place, sni string) {
				if end, ok := ends[sni]; ok && !told[at] {
					told[at] = true
					r.at(at, "%q is passed through here and decrypted by another server of port %d, which the proxy refuses", sni, v.GetPort().GetNumber()).
						related(end.place, "this server decrypts it")
				}
			})
		}
	}
}

// eachPassedThrough calls do for every server name that TLS rules route at a server that passes TLS through.
func (s *Scope) eachPassedThrough(v server, do func(at place, sni string)) {
	gateway := v.object.Namespace + "/" + v.object.Name
	for _, o := range s.rulesAt(gateway) {
		if !s.meets(v, o) {
			continue
		}
		eachTLSMatch(o, func(at place, m *networking.TLSMatchAttributes) {
			here := len(m.GetGateways()) == 0 || slices.ContainsFunc(m.GetGateways(), func(g string) bool { return fullGateway(g, o) == gateway })
			if !here || m.GetPort() != 0 && m.GetPort() != v.GetPort().GetNumber() {
				return
			}
			for i, sni := range m.GetSniHosts() {
				do(sniPlace(at, i), sni)
			}
		})
	}
}

// rulesAt returns the VirtualServices that are bound to a gateway.
func (s *Scope) rulesAt(gateway string) []*config.Object {
	return s.bound.get(func() map[string][]*config.Object {
		bound := map[string][]*config.Object{}
		for _, o := range s.Mesh.Objects("VirtualService") {
			for _, g := range gatewaysOf(o) {
				if g != mesh.MeshGateway {
					bound[g] = append(bound[g], o)
				}
			}
		}
		return bound
	})[gateway]
}
