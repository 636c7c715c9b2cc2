package validate

import (
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM082",
	Title:    "TLS setting has no effect",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A passthrough server presents no certificate; the workload behind it does. httpsRedirect responds to plain HTTP requests, which reach HTTP
ports only.`,
	Fix: `Use mode SIMPLE or MUTUAL to terminate TLS here, and set httpsRedirect on the server of the HTTP port.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: tls, protocol: TLS}, hosts: [shop.example.com], tls: {mode: PASSTHROUGH, credentialName: shop}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: tls, protocol: TLS}, hosts: [shop.example.com], tls: {mode: PASSTHROUGH}}
`,
}, uselessTLS)

func uselessTLS(s *facts.Set, r *reporter) {
	for _, t := range facts.WantedServerTLS(s.Documents) {
		if c := t.Certificate(); c != "" && t.PassesThrough() {
			r.at(t.Sub(c), "the certificate is ignored: mode %s does not terminate TLS", t.Mode).
				help("remove %s, or use mode SIMPLE or MUTUAL to terminate TLS here", c).warned()
		}
		if t.HttpsRedirect && t.Object.Kind == "Gateway" && !mesh.ParseProtocol(t.Protocol).IsHTTP() {
			r.at(t.Sub("httpsRedirect"), "httpsRedirect has no effect on a port of protocol %s", t.Protocol).
				help("set it on the server of the HTTP port, and remove it here").warned()
		}
	}
}
