package compile

import (
	"fmt"
	"strings"
	"testing"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// manyHosts is a mesh of external hosts, each with a ServiceEntry, a DestinationRule with two subsets and a
// VirtualService. Half of them share a port for requests, the others have TLS.
func manyHosts(tb testing.TB, n int) *mesh.Mesh {
	tb.Helper()
	var text strings.Builder
	for i := range n {
		port, protocol := 80, "HTTP"
		if i%2 == 1 {
			port, protocol = 443, "TLS"
		}
		fmt.Fprintf(&text, `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: host-%[1]d, namespace: web}
spec: {hosts: [host-%[1]d.example], ports: [{number: %[2]d, name: p, protocol: %[3]s}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: host-%[1]d, namespace: web}
spec: {host: host-%[1]d.example, subsets: [{name: a, labels: {v: a}}, {name: b, labels: {v: b}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: host-%[1]d, namespace: web}
spec:
  hosts: [host-%[1]d.example]
  http:
  - {match: [{uri: {prefix: /a}}], route: [{destination: {host: host-%[1]d.example, subset: a}}]}
  - {route: [{destination: {host: host-%[1]d.example, subset: b}}]}
`, i, port, protocol)
	}
	docs, _ := source.Parse(&source.File{Name: "mesh.yaml", Data: []byte(text.String())})
	objects, _, _ := config.Decode(docs, "default")
	m, _ := mesh.Build(objects, mesh.Settings{})
	return m
}

var client = mesh.Proxy{Type: mesh.Sidecar, Namespace: "web", Name: "client"}

// BenchmarkSnapshot builds everything of one sidecar.
func BenchmarkSnapshot(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		m := manyHosts(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				New(m.View(client)).Snapshot()
			}
		})
	}
}

// BenchmarkTouch builds what one request touches.
func BenchmarkTouch(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		m := manyHosts(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c := New(m.View(client))
				c.ListenersOn(80)
				c.RouteFor("80", "host-0.example")
				c.Cluster("outbound|80|a|host-0.example")
			}
		})
	}
}
