package validate

import (
	"slices"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM145",
	Title:    "TLS origination without SNI",
	Severity: diag.Warning,
	Stage:    diag.AtTLS,
	When:     diag.Observed,
	Why: `For HTTP, the proxy takes the SNI and the name to verify from the Host header. For other protocols it sends no SNI unless the
DestinationRule sets one; a server with several certificates then presents the wrong one or rejects the connection.`,
	Fix: `Set sni and subjectAltNames.`,
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
		f := r.at(x.TLS.Sub("mode"), "no SNI is sent to port %d of %q: the port is not HTTP, and sni is not set", x.Port.Number, x.Service.Host).
			related(x.PortPlace(), "the port is declared as %s here", x.Port.Protocol)
		if mesh.IsWildcard(x.Service.Host) {
			f.help("set sni to the server's name; write one DestinationRule for each name that %s covers", x.Service.Host)
		} else {
			f.help("set sni: %s", x.Service.Host)
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM146",
	Title:    "SNI contains a wildcard",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	When:     diag.Observed,
	Why:      `The proxy sends sni as it is written. No server certificate is selected by a name with a literal star.`,
	Fix:      `Omit sni for HTTP, where the Host header provides it; otherwise write the server's name.`,
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
				r.at(p.Sub("tls.sni"), "sni %q is sent literally: a wildcard is not a server name", sni)
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM148",
	Title:    "sni is set without subjectAltNames",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `The proxy verifies the names in a server's certificate automatically only if it also chooses the SNI. With an explicit sni and no
subjectAltNames in the DestinationRule or ServiceEntry, any certificate from a trusted CA is accepted.`,
	Fix: `Add subjectAltNames, or omit sni where the port is HTTP.`,
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
		r.at(x.TLS.Sub("sni"), "the name in the certificate of %q is not verified: sni is set without subjectAltNames", x.Service.Host).
			help("add subjectAltNames: [%s]", quoted(t.GetSni()))
	}
}

var _ = register(diag.Check{
	ID:       "SEM154",
	Title:    "one SNI is sent to several hosts",
	Severity: diag.Warning,
	Stage:    diag.AtTLS,
	Why: `The DestinationRule covers several hosts and sets one SNI for all of them. Servers of the other hosts receive a name that is not theirs:
they present the wrong certificate or reject the connection.`,
	Fix: `Omit sni for HTTP, where the Host header provides it; otherwise write one DestinationRule for each host.`,
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
			r.at(t.Sub("sni"), "the server of %q receives the SNI %q, too", hosts[i], sni)
		}
	}
}

// quoted returns a host as YAML reads it in a list: one that begins with a wildcard needs quotes.
func quoted(host string) string {
	if strings.HasPrefix(host, "*") {
		return strconv.Quote(host)
	}
	return host
}
