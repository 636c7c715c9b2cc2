package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM274",
	Title:    "sni or subjectAltNames is malformed",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A certificate contains DNS names, IP addresses or identities that begin with spiffe://. A URL, a name with a port, or an empty string
never equals any of these, so verification fails; as SNI it selects no certificate. Istio accepts any string.`,
	Fix: `Write the bare name, as in the certificate.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE, sni: "https://api.example.com", subjectAltNames: [api.example.com]}}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE, sni: api.example.com, subjectAltNames: [api.example.com]}}}
`,
}, certificateNames)

func certificateNames(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		alternativeNames(r, facts.At(o, "spec.subjectAltNames"), spec.SubjectAltNames)
	})
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			if sni := p.TLS.GetSni(); sni != "" && strings.ContainsAny(sni, "/: ") {
				r.at(p.Sub("tls.sni"), "sni %q is not a host name", sni).help("write sni: %s", bareName(sni))
			}
			alternativeNames(r, p.Sub("tls.subjectAltNames"), p.TLS.GetSubjectAltNames())
		}
	})
}

func alternativeNames(r *reporter, at facts.Place, names []string) {
	for i, name := range names {
		scheme, _, isURL := strings.Cut(name, "://")
		switch here := (at.Item(i)); {
		case name == "":
			r.at(here, "subjectAltNames contains an empty name, which never matches a certificate").help("remove the empty name")
		case isURL && scheme != "spiffe":
			r.at(here, "subjectAltNames contains the URL %q, which never matches a certificate", name).help("write %s", bareName(name))
		}
	}
}

// bareName returns the host of a URL, or of a name with a port.
func bareName(name string) string {
	if _, after, ok := strings.Cut(name, "://"); ok {
		name = after
	}
	name, _, _ = strings.Cut(strings.TrimSpace(name), "/")
	if host, _, ok := strings.Cut(name, ":"); ok {
		return host
	}
	return name
}
