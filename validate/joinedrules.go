package validate

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM167",
	Title:    "two VirtualServices of one gateway have the same condition",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A gateway joins the HTTP rules of all VirtualServices of a host, those of the oldest first, with rules without conditions at the
end. Of two rules with the same condition the second is never used, and which one that is depends on the age of the documents.`,
	Fix: `Put the rules of a host into one document, or make the conditions exclude one another.`,
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
	first := map[string]mesh.Written{}
	for _, v := range s.Mesh.VirtualServices() {
		reported := map[mesh.Written]bool{}
		for _, c := range gatewayConditions(v) {
			older, taken := first[c.key]
			switch {
			case !taken:
				first[c.key] = c.at
			case older.Object != c.at.Object && !reported[c.at]:
				reported[c.at] = true
				r.at(facts.At(c.at.Object, c.at.Field), "the condition stands in %s as well, and gateways use the rule of the older document", name(older.Object)).
					related(facts.At(older.Object, older.Field), "the rule with the same condition%s", elder(older.Object, c.at.Object))
			}
		}
	}
}

// A joined is one match of an HTTP rule, or a rule without any, as a gateway meets it for a host.
type joined struct {
	key string
	at  mesh.Written
}

// gatewayConditions returns the conditions of a VirtualService at each gateway and host.
func gatewayConditions(v *mesh.VirtualService) []joined {
	var all []joined
	for i, rule := range v.Spec.GetHttp() {
		for _, m := range withNone(facts.WithoutNames(rule.GetMatch())) {
			at := v.HTTP[i]
			if m.field != "" && v.Root[i].Object == nil {
				at.Field = source.Join(at.Field, m.field)
			}
			for _, g := range v.Gateways() {
				for _, h := range v.Spec.GetHosts() {
					if g != mesh.MeshGateway {
						all = append(all, joined{strings.Join([]string{g, h, m.digest}, "\x00"), at})
					}
				}
			}
		}
	}
	return all
}

// A digested is a match of a rule, with what makes it equal to others.
type digested struct{ field, digest string }

// withNone returns the matches of a rule by their digests; a rule without any has one that is empty.
func withNone(matches []proto.Message) []digested {
	if len(matches) == 0 {
		return []digested{{}}
	}
	var all []digested
	for i, m := range matches {
		all = append(all, digested{fmt.Sprintf("match[%d]", i), "match " + facts.Digest(m)})
	}
	return all
}

var _ = register(diag.Check{
	ID:       "SEM176",
	Title:    "two VirtualServices route the same server name",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `TLS connections are told apart by server name, port and destination. Of two rules of different documents for the same the older
counts; the other is dropped without a word.`,
	Fix: `Keep one of the two rules.`,
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
		for i, rule := range v.Spec.GetTls() {
			for j, m := range rule.GetMatch() {
				for k, sni := range m.GetSniHosts() {
					at := facts.RuleAt(v.Object, "tls", i).Sub("match").Item(j).Sub("sniHosts").Item(k)
					for _, key := range serverNameKeys(v, m, sni) {
						older, taken := first[key]
						if !taken {
							first[key] = at
						} else if older.Object != v.Object && !reported[at] && exportsTo(older, v.Object.Namespace) {
							reported[at] = true
							r.at(at, "connections for %q follow the rule of %s, which is older", sni, name(older.Object)).related(older, "this rule is used%s", elder(older.Object, v.Object))
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
func serverNameKeys(v *mesh.VirtualService, m *networking.TLSMatchAttributes, sni string) []string {
	rest := proto.CloneOf(m)
	rest.SniHosts, rest.Gateways = nil, nil
	gateways := v.Gateways()
	if len(m.GetGateways()) > 0 {
		gateways = nil
		for _, g := range m.GetGateways() {
			gateways = append(gateways, facts.FullGateway(g, v.Object))
		}
	}
	var keys []string
	for _, g := range gateways {
		keys = append(keys, strings.Join([]string{g, sni, facts.Digest(rest)}, "\x00"))
	}
	return keys
}
