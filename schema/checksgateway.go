package schema

import "sem.example/internal/diag"

// gatewayRules are the checks of Gateways and Sidecars.
var gatewayRules = []*diag.Check{{
	ID: "SEM080", Title: "server certificate is missing, set twice or wrong for the mode", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A server that terminates TLS presents a certificate, which comes from one source: the Secret of credentialName, the Secrets of credentialNames, tlsCertificates, or the " +
		"files of serverCertificate and privateKey. MUTUAL with files also needs caCertificates. ISTIO_MUTUAL uses Istio's own certificates.",
	Fix: "Set the certificate in one way, with all its parts.",
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
	ID: "SEM084", Title: "port is not valid in a Gateway or Sidecar", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A Gateway or Sidecar listens on port.number, so targetPort has no meaning. Number 0 is only for Unix sockets.",
	Fix: "Set port.number to the port that the proxy listens on; for a Unix socket, set 0 and put the socket in bind.",
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
	Why: "Only ports with protocol HTTPS or TLS accept TLS connections. On an HTTP port, only tls.httpsRedirect is allowed.",
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
	Why: "egressProxy receives the traffic to hosts outside the registry. With REGISTRY_ONLY, the default of a policy without mode, that traffic is blocked.",
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
	ID: "SEM087", Title: "TLS setting is not supported in a Sidecar", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A Sidecar terminates TLS with certificate files of the workload. It does not read Secrets, verify client names or redirect, and it leaves the mutual TLS of the mesh " +
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
	ID: "SEM088", Title: "egress listener has no port number and no Unix socket", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A listener listens on port.number or, without a number, on the Unix socket in bind. iptables cannot redirect connections to Unix sockets.",
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
