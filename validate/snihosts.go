package validate

import (
	"net/netip"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM075",
	Title:    "sniHosts do not fit the hosts",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why: `sniHosts must be covered by the hosts of the VirtualService. Clients do not send IP addresses as SNI. Names of the form
outbound_.443_.subset_.host, used between clusters, are for TLS routes on gateways only.`,
	Fix: `Add the name to hosts, or use a name that hosts covers.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: wiki, namespace: shop}
spec:
  hosts: ["*.wikipedia.org"]
  tls: [{match: [{sniHosts: [wikipedia.com]}], route: [{destination: {host: "*.wikipedia.org"}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: wiki, namespace: shop}
spec:
  hosts: ["*.wikipedia.org"]
  tls: [{match: [{sniHosts: [en.wikipedia.org]}], route: [{destination: {host: "*.wikipedia.org"}}]}]
`,
}, sniHosts)

func sniHosts(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		generated := facts.OnlyGateways(spec) && routesSNI(spec)
		for i, host := range spec.Hosts {
			if strings.HasPrefix(host, "outbound_") && !generated {
				r.at(facts.At(o, "spec.hosts").Item(i), "host %q is for TLS routes on gateways only", host).
					help("write the host of the service, or bind the VirtualService to gateways only, with tls routes").rejected()
			}
		}
		for i, route := range spec.Tls {
			for j, m := range route.GetMatch() {
				at := facts.RuleAt(o, "tls", i).Sub("match").Item(j).Sub("sniHosts")
				for k, sni := range m.GetSniHosts() {
					sniHost(r, at.Item(k), sni, spec)
				}
			}
		}
	})
}

func sniHost(r *reporter, at facts.Place, sni string, spec *networking.VirtualService) {
	if _, err := netip.ParseAddr(sni); err == nil {
		r.at(at, "sniHosts %q never matches: clients do not send IP addresses as SNI", sni).
			help("write a host name; match an address with destinationSubnets").severity(diag.Warning).warned()
		return
	}
	if strings.HasPrefix(sni, "outbound_") && !facts.OnlyGateways(spec) {
		r.at(at, "sniHosts %q is for gateways only", sni).help("write the host of the service, or remove mesh from gateways").rejected()
		return
	}
	if !slices.ContainsFunc(spec.Hosts, func(host string) bool { return mesh.Covers(host, sni) }) {
		r.at(at, "sniHosts %q is not covered by hosts %s", sni, strings.Join(spec.Hosts, ", ")).
			help("add %s to hosts, or use a name that hosts covers", sni).rejected()
	}
}

// routesSNI reports whether any rule matches SNI.
func routesSNI(spec *networking.VirtualService) bool {
	for _, route := range spec.Tls {
		for _, m := range route.GetMatch() {
			if len(m.GetSniHosts()) > 0 {
				return true
			}
		}
	}
	return false
}
