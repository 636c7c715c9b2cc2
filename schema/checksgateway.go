package schema

import "sem.example/internal/diag"

// gatewayRules are the checks of Gateways and Sidecars.
var gatewayRules = []*diag.Check{{
	ID: "SEM080", Title: "server certificate is missing, given twice, or not for this mode", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A server that ends TLS shows a certificate, which comes from one source: the Secret of credentialName, the Secrets of credentialNames, tlsCertificates, or the " +
		"files of serverCertificate and privateKey. MUTUAL with files needs caCertificates, too. ISTIO_MUTUAL uses the mesh's own certificates.",
	Fix: "Give the certificate in one way, with all its parts.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: ISTIO_MUTUAL, credentialName: shop}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop}
`,
}, {
	ID: "SEM084", Title: "port does not fit a gateway or Sidecar", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A gateway or a Sidecar listens on the port's number itself, so that targetPort means nothing. Number 0 is for Unix sockets, which have no number.",
	Fix: "Write the number that the proxy listens on; for a Unix socket, 0 and the socket in bind.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP, targetPort: 8080}
    hosts: [shop.example.com]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 8080, name: http, protocol: HTTP}
    hosts: [shop.example.com]
`,
}, {
	ID: "SEM085", Title: "TLS settings on a plaintext port", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Only ports of protocol HTTPS and TLS take TLS connections. On an HTTP port, tls may hold httpsRedirect and nothing else.",
	Fix: "Declare the port's protocol as HTTPS or TLS, or remove the settings.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: http, protocol: HTTP}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop}
`,
}, {
	ID: "SEM086", Title: "egress proxy without ALLOW_ANY", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The egress proxy takes the calls of hosts that the mesh does not know. With REGISTRY_ONLY, which a policy without a mode means, such calls are blocked.",
	Fix: "Set mode: ALLOW_ANY, or remove egressProxy.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec: {outboundTrafficPolicy: {egressProxy: {host: egress.istio-system.svc.cluster.local, port: {number: 443}}}}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec: {outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: egress.istio-system.svc.cluster.local, port: {number: 443}}}}
`,
}, {
	ID: "SEM087", Title: "TLS setting that a Sidecar does not have", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A Sidecar ends TLS with certificates from files of the workload. It reads no Secrets, verifies no client names, redirects nothing, and leaves mutual TLS of the mesh " +
		"to PeerAuthentication.",
	Fix: "Use serverCertificate and privateKey with mode SIMPLE or MUTUAL.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: shop}
spec:
  workloadSelector: {labels: {app: web}}
  ingress:
  - port: {number: 9443, name: https, protocol: HTTPS}
    defaultEndpoint: 127.0.0.1:8080
    tls: {mode: SIMPLE, credentialName: web}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: shop}
spec:
  workloadSelector: {labels: {app: web}}
  ingress:
  - port: {number: 9443, name: https, protocol: HTTPS}
    defaultEndpoint: 127.0.0.1:8080
    tls: {mode: SIMPLE, serverCertificate: /etc/certs/tls.crt, privateKey: /etc/certs/tls.key}
`,
}, {
	ID: "SEM088", Title: "egress listener without a port number is no Unix socket", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A listener with a port listens on that number or, where it has none, on the Unix socket of bind. Connections to sockets cannot be redirected by iptables.",
	Fix: "Set port.number, or bind to unix:///path with captureMode DEFAULT or NONE.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec: {egress: [{port: {name: http, protocol: HTTP}, bind: 127.0.0.1, hosts: ["./*"]}]}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec: {egress: [{port: {name: http, protocol: HTTP}, bind: "unix:///var/run/out.sock", hosts: ["./*"]}]}
`,
}}
