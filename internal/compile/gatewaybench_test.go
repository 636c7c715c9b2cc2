package compile

import (
	"fmt"
	"strings"
	"testing"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// manyRules is a mesh of one gateway that serves many hosts over HTTP and over TLS, each with a VirtualService.
func manyRules(tb testing.TB, n int) *mesh.Mesh {
	tb.Helper()
	var text strings.Builder
	text.WriteString(`
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  selector: {istio: edge}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*.example"], tls: {mode: SIMPLE, credentialName: c}}
  - {port: {number: 8443, name: tls, protocol: TLS}, hosts: ["*.example"], tls: {mode: PASSTHROUGH}}
`)
	for i := range n {
		fmt.Fprintf(&text, `---
apiVersion: v1
kind: Service
metadata: {name: s-%[1]d, namespace: app}
spec: {clusterIP: 10.%[2]d.%[3]d.%[4]d, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: s-%[1]d, namespace: app}
spec:
  hosts: [s-%[1]d.example]
  gateways: [edge/edge]
  http:
  - {match: [{uri: {prefix: /a}}], route: [{destination: {host: s-%[1]d}}]}
  - {route: [{destination: {host: s-%[1]d}}]}
  tls:
  - {match: [{sniHosts: [s-%[1]d.example]}], route: [{destination: {host: s-%[1]d}}]}
`, i, 100+i>>16, i>>8&255, i&255)
	}
	docs, _ := source.Parse(&source.File{Name: "mesh.yaml", Data: []byte(text.String())})
	objects, _, _ := config.Decode(docs, "default")
	m, _ := mesh.Build(objects, mesh.Settings{})
	return m
}

// BenchmarkGateway builds everything of a gateway with many hosts, and one route table of it.
func BenchmarkGateway(b *testing.B) {
	proxy := mesh.Proxy{Type: mesh.Gateway, Namespace: "edge", Name: "edge", Labels: map[string]string{"istio": "edge"}}
	for _, n := range []int{1000, 10000} {
		m := manyRules(b, n)
		b.Run(fmt.Sprintf("snapshot-%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				New(m.View(proxy)).Snapshot()
			}
		})
		b.Run(fmt.Sprintf("table-%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				New(m.View(proxy)).Route("http.80")
			}
		})
	}
}
