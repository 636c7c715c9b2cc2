package validate

import (
	"fmt"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM167",
	Title:    "two VirtualServices of one gateway have the same match",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A gateway merges the HTTP routes of all VirtualServices of a host, the oldest VirtualService first, routes without match last. If two
routes have the same match, only the one in the older VirtualService is used.`,
	Fix: `Put the routes of a host into one VirtualService, or use different matches.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/edge]
  http: [{match: [{uri: {prefix: /cart}}], route: [{destination: {host: cart}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/edge]
  http: [{match: [{uri: {prefix: /cart}}], route: [{destination: {host: basket}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/edge]
  http: [{match: [{uri: {prefix: /cart}}], route: [{destination: {host: cart}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/edge]
  http: [{match: [{uri: {prefix: /basket}}], route: [{destination: {host: basket}}]}]
`,
	Aliases: []string{"KIA1106"},
}, joinedRules)

func joinedRules(s *facts.Set, r *reporter) {
	first := map[string]config.Place{}
	for _, v := range s.Mesh.VirtualServices() {
		reported := map[config.Place]bool{}
		for _, c := range gatewayConditions(v) {
			older, taken := first[c.key]
			switch {
			case !taken:
				first[c.key] = c.at
			case older.Object != c.at.Object && !reported[c.at]:
				reported[c.at] = true
				r.at(facts.At(c.at.Object, c.at.Field), "%s has the same match: gateways use the route of the older VirtualService", name(older.Object)).
					related(facts.At(older.Object, older.Field), "route with the same match%s", elder(older.Object, c.at.Object))
			}
		}
	}
}

// A joined is one match of an HTTP rule, or a rule without any, as a gateway meets it for a host.
type joined struct {
	key string
	at  config.Place
}

// gatewayConditions returns the conditions of a VirtualService at each gateway and host.
func gatewayConditions(v *mesh.VirtualService) []joined {
	var all []joined
	for _, r := range v.HTTP {
		for _, m := range withNone(r) {
			for _, g := range v.Gateways {
				for _, h := range v.Hosts {
					if g != mesh.MeshGateway {
						all = append(all, joined{strings.Join([]string{g, h.Name, m.key}, "\x00"), m.at})
					}
				}
			}
		}
	}
	return all
}

// withNone returns the matches of a rule; a rule without any has one that asks for nothing. That of a delegate is found
// at its rule.
func withNone(r *routing.HTTPRule) []joined {
	if len(r.Matches) == 0 {
		return []joined{{"", r.At}}
	}
	var all []joined
	for _, m := range r.Matches {
		at := r.At
		if !r.Root.Known() {
			at = m.At[0]
		}
		all = append(all, joined{"match " + m.Key(), at})
	}
	return all
}

var _ = register(diag.Check{
	ID:       "SEM176",
	Title:    "two VirtualServices route the same SNI",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `TLS connections are matched by SNI, port and destination. If two VirtualServices match the same connections, the older one takes
precedence and the route of the other is dropped without an error.`,
	Fix: `Keep one of the two routes.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [istio-system/egress]
  tls: [{match: [{sniHosts: [api.example.com]}], route: [{destination: {host: one.example.com}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [istio-system/egress]
  tls: [{match: [{sniHosts: [api.example.com]}], route: [{destination: {host: two.example.com}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [istio-system/egress]
  tls: [{match: [{sniHosts: [api.example.com]}], route: [{destination: {host: one.example.com}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: shop}
spec:
  hosts: [www.example.com]
  gateways: [istio-system/egress]
  tls: [{match: [{sniHosts: [www.example.com]}], route: [{destination: {host: two.example.com}}]}]
`,
}, sameServerName)

func sameServerName(s *facts.Set, r *reporter) {
	first := map[string]facts.Place{}
	for _, v := range s.Mesh.VirtualServices() {
		reported := map[facts.Place]bool{}
		for _, tls := range v.TLS {
			for _, m := range tls.Matches {
				for k, sni := range m.SNI {
					at := facts.At(v.Object, m.At.Field).Sub("sniHosts").Item(k)
					for _, key := range serverNameKeys(v, m, sni) {
						older, taken := first[key]
						if !taken {
							first[key] = at
						} else if older.Object != v.Object && !reported[at] && exportsTo(older, v.Object.Namespace) {
							reported[at] = true
							r.at(at, "the route for %q is ignored: %s is older and takes precedence", sni, name(older.Object)).related(older, "this route is used%s", elder(older.Object, v.Object))
						}
					}
				}
			}
		}
	}
}

// exportsTo reports whether the VirtualService of a place is exported to a namespace.
func exportsTo(p facts.Place, namespace string) bool {
	to, ok := p.Object.Spec.(*networking.VirtualService)
	return ok && (p.Object.Namespace == namespace || len(to.GetExportTo()) == 0 || slices.Contains(to.GetExportTo(), "*") || slices.Contains(to.GetExportTo(), namespace))
}

// serverNameKeys tells the connections for a server name apart, by all that a match asks for and each gateway it holds at.
func serverNameKeys(v *mesh.VirtualService, m routing.ConnectionMatch, sni string) []string {
	gateways := v.Gateways
	if len(m.Client.Gateways) > 0 {
		gateways = m.Client.Gateways
	}
	var keys []string
	for _, g := range gateways {
		client := m.Client
		client.Gateways = nil
		keys = append(keys, fmt.Sprintf("%q %q %+v %q", g, sni, client, m.Subnets))
	}
	return keys
}
