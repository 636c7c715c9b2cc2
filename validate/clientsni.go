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
	ID:       "SEM145",
	Title:    "TLS is originated without a server name",
	Severity: diag.Warning,
	Stage:    diag.AtTLS,
	When:     diag.Observed,
	Why: `The proxy takes the server name (SNI) and the name that it verifies from the Host header, which only HTTP has. For other
protocols it sends no server name unless the rule sets one; servers with several certificates then show the wrong one or refuse.`,
	Fix: `Set sni, and subjectAltNames.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [192.0.2.8]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db, namespace: shop}
spec:
  host: db.example.com
  trafficPolicy:
    tls: {mode: SIMPLE}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [192.0.2.8]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db, namespace: shop}
spec:
  host: db.example.com
  trafficPolicy:
    tls: {mode: SIMPLE, sni: db.example.com, subjectAltNames: [db.example.com]}
`,
}, missingSNI)

func missingSNI(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		if !x.TLS.Originates() || x.TLS.Settings.GetSni() != "" || !facts.IsOpaque(x.Port.Protocol) || reported[x.TLS.Place] {
			continue
		}
		reported[x.TLS.Place] = true
		f := r.at(x.TLS.Sub("mode"), "port %d of %q is not HTTP, so the proxy sends no server name to it", x.Port.Number, x.Service.Host).
			related(x.PortPlace(), "the port is declared %s here", x.Port.Protocol)
		if mesh.IsWildcard(x.Service.Host) {
			f.help("set sni to the name of the server; one rule for each name that %s stands for", x.Service.Host)
		} else {
			f.help("set sni: %s", x.Service.Host)
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM146",
	Title:    "server name holds a wildcard",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	When:     diag.Observed,
	Why:      `The server name (SNI) is sent as it is written. No server has a name with a star, so none knows which certificate to show.`,
	Fix:      `Leave sni out for HTTP, where the Host header gives it, or write the name of the server.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: "*.example.com"
  trafficPolicy:
    tls: {mode: SIMPLE, sni: "*.example.com"}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: "*.example.com"
  trafficPolicy:
    tls: {mode: SIMPLE}
`,
}, wildcardSNI)

func wildcardSNI(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			if sni := p.TLS.GetSni(); strings.Contains(sni, "*") {
				r.at(p.Sub("tls.sni"), "no server has the name %q", sni)
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM148",
	Title:    "server name is set, but not the names to verify",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `The proxy verifies the names in the server's certificate by itself only where it also chooses the server name. With an explicit
sni and no subjectAltNames, in the rule or in the ServiceEntry, any certificate of a trusted authority will do, whatever its names.`,
	Fix: `Add subjectAltNames, or leave sni out where the port is HTTP.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tls: {mode: SIMPLE, sni: api.example.com}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tls: {mode: SIMPLE, sni: api.example.com, subjectAltNames: [api.example.com]}
`,
}, unverifiedNames)

func unverifiedNames(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		t := x.TLS.Settings
		if !x.TLS.Originates() || t.GetSni() == "" || len(t.GetSubjectAltNames()) > 0 || len(x.Service.SubjectAltNames) > 0 ||
			t.GetInsecureSkipVerify().GetValue() || reported[x.TLS.Place] {
			continue
		}
		reported[x.TLS.Place] = true
		r.at(x.TLS.Sub("sni"), "with this sni the names in the certificate of %q are not verified", x.Service.Host).
			help("add subjectAltNames: [%s]", t.GetSni())
	}
}

var _ = register(diag.Check{
	ID:       "SEM154",
	Title:    "one server name is sent to several hosts",
	Severity: diag.Warning,
	Stage:    diag.AtTLS,
	Why: `The rule serves several hosts and fixes one server name (SNI) for all of them. Servers of the other hosts are asked for a name
that is not theirs: they show the wrong certificate or refuse.`,
	Fix: `Leave sni out for HTTP, where the Host header gives it, or write a rule for each host.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: "*.example.com"
  trafficPolicy:
    tls: {mode: SIMPLE, sni: a.example.com, subjectAltNames: [a.example.com]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: "*.example.com"
  trafficPolicy:
    tls: {mode: SIMPLE}
`,
}, sharedSNI)

func sharedSNI(s *facts.Set, r *reporter) {
	named := map[facts.Place][]string{} // the hosts that settings serve
	var order []facts.ClientTLS
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		if !x.TLS.Originates() || x.TLS.Settings.GetSni() == "" {
			continue
		}
		if named[x.TLS.Place] == nil {
			order = append(order, x.TLS)
		}
		if !slices.Contains(named[x.TLS.Place], x.Service.Host) {
			named[x.TLS.Place] = append(named[x.TLS.Place], x.Service.Host)
		}
	}
	for _, t := range order {
		hosts, sni := named[t.Place], t.Settings.GetSni()
		i := slices.IndexFunc(hosts, func(h string) bool { return h != sni })
		if slices.Contains(hosts, sni) && i >= 0 {
			r.at(t.Sub("sni"), "the server of %q is asked for %q as well", hosts[i], sni)
		}
	}
}
