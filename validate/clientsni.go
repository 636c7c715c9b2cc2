package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

var _ = register(diag.Check{
	ID:       "SEM145",
	Title:    "TLS is originated without a server name",
	Severity: diag.Warning,
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

func missingSNI(s *Scope, r *reporter) {
	told := map[place]bool{}
	for _, x := range s.securedSubjects() {
		if !x.tls.originates() || x.tls.settings.GetSni() != "" || !opaque(x.port.Protocol) || told[x.tls.place] {
			continue
		}
		told[x.tls.place] = true
		f := r.at(x.tls.at("mode"), "port %d of %q is not HTTP, so the proxy sends no server name to it", x.port.Number, x.service.Host).
			related(x.declared(), "the port is declared %s here", x.port.Protocol)
		if mesh.IsWildcard(x.service.Host) {
			f.help("set sni to the name of the server; one rule for each name that %s stands for", x.service.Host)
		} else {
			f.help("set sni: %s", x.service.Host)
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM146",
	Title:    "server name holds a wildcard",
	Severity: diag.Error,
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

func wildcardSNI(s *Scope, r *reporter) {
	each(s, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range policies(o, spec) {
			if sni := p.tls.GetSni(); strings.Contains(sni, "*") {
				r.at(p.at("tls.sni"), "no server has the name %q", sni)
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM148",
	Title:    "server name is set, but not the names to verify",
	Severity: diag.Info,
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

func unverifiedNames(s *Scope, r *reporter) {
	told := map[place]bool{}
	for _, x := range s.securedSubjects() {
		t := x.tls.settings
		if !x.tls.originates() || t.GetSni() == "" || len(t.GetSubjectAltNames()) > 0 || len(x.service.SubjectAltNames) > 0 ||
			t.GetInsecureSkipVerify().GetValue() || told[x.tls.place] {
			continue
		}
		told[x.tls.place] = true
		r.at(x.tls.at("sni"), "with this sni the names in the certificate of %q are not verified", x.service.Host).
			help("add subjectAltNames: [%s]", t.GetSni())
	}
}

var _ = register(diag.Check{
	ID:       "SEM154",
	Title:    "one server name is sent to several hosts",
	Severity: diag.Warning,
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

func sharedSNI(s *Scope, r *reporter) {
	named := map[place][]string{} // the hosts that settings serve
	var order []clientTLS
	for _, x := range s.securedSubjects() {
		if !x.tls.originates() || x.tls.settings.GetSni() == "" {
			continue
		}
		if named[x.tls.place] == nil {
			order = append(order, x.tls)
		}
		if !slices.Contains(named[x.tls.place], x.service.Host) {
			named[x.tls.place] = append(named[x.tls.place], x.service.Host)
		}
	}
	for _, t := range order {
		hosts, sni := named[t.place], t.settings.GetSni()
		i := slices.IndexFunc(hosts, func(h string) bool { return h != sni })
		if slices.Contains(hosts, sni) && i >= 0 {
			r.at(t.at("sni"), "the server of %q is asked for %q as well", hosts[i], sni)
		}
	}
}
