package validate

import (
	"strings"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM382",
	Title:    "ECDH curve that Envoy rejects",
	Severity: diag.Error,
	Stage:    diag.AtListener,
	Why: `Envoy rejects a listener whose ecdhCurves have a curve that it does not know, or one twice. Istio does not check the names: the gateway
does not open the port, or keeps an older configuration of it.`,
	Fix: `List each curve once, by its name: P-256, P-384, P-521, X25519 or X25519MLKEM768.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop, ecdhCurves: [p-256]}
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
    tls: {mode: SIMPLE, credentialName: shop, ecdhCurves: [P-256]}
`,
}, unknownCurves)

// curveNames are the names of the curves that Envoy knows, by those that its documentation uses.
var curveNames = map[string]string{
	"P-256": "P-256", "prime256v1": "P-256", "P-384": "P-384", "secp384r1": "P-384", "P-521": "P-521", "secp521r1": "P-521",
	"X25519": "X25519", "x25519": "X25519", "X25519MLKEM768": "X25519MLKEM768", "MLKEM1024": "MLKEM1024",
	"P-224": "P-224", "X25519Kyber768Draft00": "X25519Kyber768Draft00", // of older releases
}

func unknownCurves(s *facts.Set, r *reporter) {
	for _, t := range facts.WantedServerTLS(s.Documents) {
		reportCurves(r, t.Sub("ecdhCurves"), t.GetEcdhCurves())
	}
	if o := s.Mesh.Settings.Object; o != nil {
		reportCurves(r, facts.At(o, "tlsDefaults.ecdhCurves"), s.Mesh.Settings.Config.GetTlsDefaults().GetEcdhCurves())
	}
}

// reportCurves looks at a list of curves. An item may be several, separated by colons.
func reportCurves(r *reporter, at facts.Place, curves []string) {
	seen := map[string]bool{}
	for i, item := range curves {
		for curve := range strings.SplitSeq(item, ":") {
			known := curveNames[curve]
			switch {
			case curve == "":
			case known == "":
				f := r.at(at.Item(i), "Envoy rejects the listener: it does not know the ECDH curve %q", curve)
				if near := diag.Nearest(curve, []string{"P-256", "P-384", "P-521", "X25519", "X25519MLKEM768"}); near != "" {
					f.help("did you mean %q?", near)
				}
			case seen[known]:
				r.at(at.Item(i), "Envoy rejects the listener: the ECDH curve %s is listed twice", known).help("remove one of the two")
			}
			seen[known] = true
		}
	}
}
