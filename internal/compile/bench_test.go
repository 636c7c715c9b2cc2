package compile

import (
	"fmt"
	"strings"
	"testing"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// externalHosts is a mesh of n external hosts, each a ServiceEntry and a DestinationRule with two subsets.
func externalHosts(b *testing.B, n int) *mesh.Mesh {
	b.Helper()
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: host-%[1]d, namespace: ns-%[2]d}
spec:
  hosts: [host-%[1]d.example]
  resolution: DNS
  ports: [{number: 443, name: http, protocol: HTTP}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: host-%[1]d, namespace: ns-%[2]d}
spec:
  host: host-%[1]d.example
  trafficPolicy:
    tls: {mode: SIMPLE}
    connectionPool: {tcp: {maxConnections: 10}}
  subsets:
  - {name: v1, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
  - {name: v2, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}
`, i, i%50)
	}
	docs, _ := source.Parse(&source.File{Name: "mesh.yaml", Data: []byte(text.String())})
	objects, _, _ := config.Decode(docs, "default")
	m, _ := mesh.Build(objects, mesh.Settings{})
	return m
}

// BenchmarkClusters builds all clusters of one sidecar.
func BenchmarkClusters(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		m := externalHosts(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c := New(m.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: "client", Name: "client"}))
				for _, name := range c.clusterNames() {
					c.Cluster(name)
				}
			}
		})
	}
}

// BenchmarkOneCluster builds the one cluster that a request needs in a large mesh.
func BenchmarkOneCluster(b *testing.B) {
	m := externalHosts(b, 10000)
	v := m.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: "client", Name: "client"})
	b.ReportAllocs()
	for b.Loop() {
		if New(v).Cluster("outbound|443|v1|host-77.example") == nil {
			b.Fatal("no cluster")
		}
	}
}
