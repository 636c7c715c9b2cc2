package compile

import (
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/envoy"
)

// plantedListeners are meshes in which every value that reaches a listener of a gateway or an inbound one is unlike any
// other, one a line.
var plantedListeners = map[string]string{
	"gateway app/edge istio=edge ip=10.0.0.1": `-- mesh.yaml --
apiVersion: v1
kind: Service
metadata: {name: edge, namespace: app}
spec:
  clusterIP: 10.96.0.9
  selector: {istio: edge}
  ports:
  - name: https
    port: 443
    targetPort: 61001
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: app}
spec:
  selector: {istio: edge}
  servers:
  - port:
      number: 443
      name: q101
      protocol: HTTPS
    hosts:
    - q102.example
    tls:
      mode: MUTUAL
      credentialName: q103
      subjectAltNames:
      - q104
      verifyCertificateHash:
      - q105
  - port:
      number: 61002
      name: files
      protocol: TLS
    bind: 10.61.0.3
    hosts:
    - q106.example
    tls:
      mode: OPTIONAL_MUTUAL
      serverCertificate: /q107
      privateKey: /q108
      caCertificates: /q109
      caCrl: /q110
  - port:
      number: 61004
      name: http
      protocol: HTTP
    hosts:
    - q111.example
    tls:
      httpsRedirect: true
  - port:
      number: 61005
      name: tls
      protocol: TLS
    hosts:
    - "*"
    tls:
      mode: PASSTHROUGH
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: rules, namespace: app}
spec:
  hosts:
  - "*.example"
  gateways: [edge]
  tcp:
  - route:
    - destination:
        host: q113.example
        port: {number: 1}
      weight: 61006
    - destination:
        host: q114.example
        port: {number: 1}
      weight: 61007
  tls:
  - match:
    - sniHosts:
      - q115.example
    route:
    - destination:
        host: q116.example
        port: {number: 1}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: policy, namespace: app}
spec:
  rules:
  - from:
    - source:
        principals:
        - q117
        notNamespaces:
        - q118
    to:
    - operation:
        ports:
        - "61008"
    when:
    - key: connection.sni
      values:
      - q119
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: app}
spec:
  jwtRules:
  - issuer: q120
    jwks: q121
    audiences:
    - q122
    fromHeaders:
    - name: q123
      prefix: q124
    outputPayloadToHeader: q125
-- settings.yaml --
tlsDefaults:
  cipherSuites:
  - q126
defaultConfig:
  proxyHeaders:
    server:
      value: q127
  gatewayTopology:
    numTrustedProxies: 61009
`,
	"sidecar app/web app=web ip=10.0.0.1": `-- mesh.yaml --
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web, namespace: app}
spec:
  ingress:
  - port:
      number: 61101
      protocol: HTTP
      name: http
  - port:
      number: 61112
      protocol: TCP
      name: tcp
    bind: 10.61.1.3
    captureMode: NONE
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web, namespace: app}
spec:
  selector: {matchLabels: {app: web}}
  portLevelMtls:
    61104: {mode: DISABLE}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: policy, namespace: app}
spec:
  action: DENY
  rules:
  - to:
    - operation:
        paths:
        - /q128
        hosts:
        - q129
-- settings.yaml --
trustDomain: q130
trustDomainAliases:
- q131
meshMTLS:
  cipherSuites:
  - q132
`,
}

// TestPlantedListeners follows every planted value from the listener or route table that holds it back to the line that
// it is written on.
func TestPlantedListeners(t *testing.T) {
	for proxy, mesh := range plantedListeners {
		ar := txtar.Parse([]byte(mesh))
		s := New(compiletest.Mesh(t, ar).View(compiletest.Proxy(t, proxy))).Snapshot()
		holders := map[envoy.Addr]proto.Message{}
		for _, l := range s.Listeners {
			holders[envoy.Listener(l.Name)] = l
		}
		for _, r := range s.Routes {
			holders[envoy.RouteConfig(r.Name)] = r
		}
		for _, file := range ar.Files {
			for i, line := range strings.Split(string(file.Data), "\n") {
				if token := plantedToken.FindString(line); token != "" {
					followPlanted(t, s.Origins, holders, token, file.Name, int32(i+1))
				}
			}
		}
	}
}

var plantedToken = regexp.MustCompile(`q1\d\d|61[01]\d\d|10\.61\.\d\.\d`)

func followPlanted(t *testing.T, origins envoy.Origins, holders map[envoy.Addr]proto.Message, token, file string, line int32) {
	t.Helper()
	found := false
	for at, m := range holders {
		if !strings.Contains(jsonOf(t, m), token) {
			continue
		}
		found = true
		if !leadsTo(origins, at, file, line) {
			t.Errorf("%s holds %s, but no origin of it is %s:%d", at, token, file, line)
		}
	}
	if !found {
		t.Errorf("%s of %s:%d reaches no listener and no route table", token, file, line)
	}
}
