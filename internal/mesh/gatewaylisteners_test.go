package mesh

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGatewayListeners translates listeners of the Gateway API: what each serves, or why it does not.
func TestGatewayListeners(t *testing.T) {
	const documents = `
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: shop}
stringData: {ca.crt: c, tls.crt: a, tls.key: b}
---
apiVersion: v1
kind: Secret
metadata: {name: second, namespace: shop}
stringData: {cert: a, key: b}
---
apiVersion: v1
kind: Secret
metadata: {name: half, namespace: shop}
stringData: {tls.crt: a}
---
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: vault}
stringData: {tls.crt: a, tls.key: b}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: roots, namespace: shop}
data: {ca.crt: a}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  gatewayClassName: istio
  tls:
    frontend:
      default: {}
      perPort:
      - {port: 451, tls: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: roots}]}}}
      - {port: 452, tls: {validation: {mode: AllowInsecureFallback, caCertificateRefs: [{group: "", kind: Secret, name: cert}]}}}
      - {port: 453, tls: {validation: {caCertificateRefs: [{group: "", kind: Service, name: roots}]}}}
      - {port: 454, tls: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: missing}]}}}
      - {port: 455, tls: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: roots}, {group: "", kind: ConfigMap, name: roots}]}}}
  listeners:
  - {name: plain, port: 80, protocol: HTTP}
  - {name: simple, port: 441, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}
  - {name: two, port: 442, protocol: HTTPS, tls: {certificateRefs: [{name: cert}, {name: second}]}}
  - {name: one-of-two, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: missing}, {name: second}]}}
  - {name: three, port: 444, protocol: HTTPS, tls: {certificateRefs: [{name: cert}, {name: second}, {name: cert}]}}
  - {name: missing, port: 445, protocol: HTTPS, tls: {certificateRefs: [{name: missing}]}}
  - {name: no-key, port: 446, protocol: HTTPS, tls: {certificateRefs: [{name: half}]}}
  - {name: no-secret, port: 447, protocol: HTTPS, tls: {certificateRefs: [{kind: ConfigMap, name: roots}]}}
  - {name: no-grant, port: 448, protocol: HTTPS, tls: {certificateRefs: [{name: cert, namespace: vault}]}}
  - {name: passthrough, port: 449, protocol: TLS, tls: {mode: Passthrough}}
  - {name: mesh, port: 450, protocol: HTTPS, tls: {options: {gateway.istio.io/tls-terminate-mode: ISTIO_MUTUAL}}}
  - {name: clients, port: 451, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}
  - {name: lax-clients, port: 452, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}
  - {name: roots-of-service, port: 453, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}
  - {name: roots-missing, port: 454, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}
  - {name: roots-twice, port: 455, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}
  - {name: datagrams, port: 53, protocol: UDP}
`
	want := []string{
		"clients: MUTUAL kubernetes-gateway://shop/cert configmap://shop/roots-cacert",
		"datagrams: protocol UDP is not supported",
		"lax-clients: OPTIONAL_MUTUAL kubernetes-gateway://shop/cert kubernetes-gateway://shop/cert-cacert",
		"mesh: ISTIO_MUTUAL",
		"missing: the Secret shop/missing is not in the input",
		"no-grant: no ReferenceGrant lets it use the Secret vault/cert",
		"no-key: the Secret shop/half holds no certificate with its key",
		"no-secret: a certificate is a Secret",
		"one-of-two: SIMPLE", // istiod takes the name of the first
		"passthrough: PASSTHROUGH",
		"plain: plaintext",
		"roots-missing: the ConfigMap shop/missing is not in the input",
		"roots-of-service: authorities are in a ConfigMap or a Secret",
		"roots-twice: only one caCertificateRef is supported",
		"simple: SIMPLE kubernetes-gateway://shop/cert",
		"three: a listener has at most two certificates",
		"two: SIMPLE kubernetes-gateway://shop/cert kubernetes-gateway://shop/second",
	}
	var got []string
	for _, g := range buildYAML(t, []byte(documents), nil).gateways {
		s := &g.Servers[0]
		line := g.Name[strings.LastIndexByte(g.Name, '~')+1:] + ": "
		switch tls := s.GetTls(); {
		case s.Invalid != "":
			line += s.Invalid
		case tls == nil:
			line += "plaintext"
		default:
			line += strings.TrimSpace(fmt.Sprint(tls.Mode, " ", strings.Join(append(tls.CredentialNames, tls.CredentialName), " "), " ", tls.CaCertCredentialName))
		}
		got = append(got, line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("listeners (-want +got):\n%s", diff)
	}
}
