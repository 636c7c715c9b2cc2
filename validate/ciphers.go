package validate

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM083",
	Title:    "cipher suites are ignored, or none fits the TLS version",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Istio ignores cipher suites that Envoy does not support and suites that are listed twice. The default suites do not support TLS 1.0 and
1.1, so clients with these versions cannot connect.`,
	Fix: `List each suite once, by its OpenSSL name; for TLS 1.0 and 1.1, include a suite that supports them, such as ECDHE-RSA-AES128-SHA.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop, cipherSuites: [TLS_RSA_WITH_AES_128_GCM_SHA256]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop, cipherSuites: [AES128-GCM-SHA256]}
`,
}, ciphers)

// suites are the cipher suites that Envoy knows.
var suites = []string{
	"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
	"ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA",
	"ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA", "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA", "DES-CBC3-SHA",
}

func ciphers(s *facts.Set, r *reporter) {
	for _, t := range facts.WantedServerTLS(s.Documents) {
		if old := t.MinProtocolVersion; len(t.CipherSuites) == 0 &&
			(old == networking.ServerTLSSettings_TLSV1_0 || old == networking.ServerTLSSettings_TLSV1_1) {
			r.at(t.Sub("minProtocolVersion"), "%s requires cipherSuites: the default suites do not support it", old).
				help("add a suite that supports it, such as ECDHE-RSA-AES128-SHA").warned()
		}
		for i, suite := range t.CipherSuites {
			at := t.Sub("cipherSuites").Item(i)
			switch {
			case !isSuite(suite):
				f := r.at(at, "cipher suite %q is ignored: Envoy does not support it", suite).warned()
				f.help("remove it, or write the OpenSSL name of a suite that Envoy supports, such as %s", suites[1])
				if near := cmp.Or(openSSL(suite), diag.Nearest(suite, suites)); near != "" {
					f.help("did you mean %q?", near)
				}
			case slices.Contains(t.CipherSuites[:i], suite):
				r.at(at, "cipher suite %q is listed twice", suite).help("remove one of the two").warned()
			}
		}
	}
}

// isSuite reports whether Envoy takes a cipher suite: one that it knows, the word ALL, or an operation such as -AES128-SHA.
func isSuite(s string) bool {
	if s == "" || s == "ALL" || slices.Contains(suites, s) {
		return true
	}
	first := rune(s[0])
	return !unicode.IsLetter(first) && !unicode.IsNumber(first)
}

// openSSL returns the OpenSSL name of a suite that is written with its IANA name, such as TLS_RSA_WITH_AES_128_GCM_SHA256, or "" if
// Envoy does not support it.
func openSSL(iana string) string {
	exchange, rest, ok := strings.Cut(strings.TrimPrefix(iana, "TLS_"), "_WITH_")
	if !ok {
		return ""
	}
	rest = strings.NewReplacer("AES_128", "AES128", "AES_256", "AES256", "_CBC_", "_", "POLY1305_SHA256", "POLY1305").Replace(rest)
	name := strings.TrimPrefix(strings.ReplaceAll(exchange+"_"+rest, "_", "-"), "RSA-")
	if !slices.Contains(suites, name) {
		return ""
	}
	return name
}
