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

// kubernetesServices is a mesh of n Kubernetes Services of two ports, each with three Pods behind sidecars.
func kubernetesServices(b *testing.B, n int) *mesh.Mesh {
	b.Helper()
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `---
apiVersion: v1
kind: Service
metadata: {name: svc-%[1]d, namespace: ns-%[2]d}
spec:
  clusterIP: 10.%[3]d.%[4]d.1
  selector: {app: svc-%[1]d}
  ports: [{name: http, port: 80, targetPort: 8080}, {name: grpc, port: 90, targetPort: 9090}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: svc-%[1]d-a, namespace: ns-%[2]d, labels: {kubernetes.io/service-name: svc-%[1]d}}
addressType: IPv4
ports: [{name: http, port: 8080}, {name: grpc, port: 9090}]
endpoints:
`, i, i%50, i/250, i%250)
		for pod := range 3 {
			fmt.Fprintf(&text, "- {addresses: [10.%d.%d.%d], targetRef: {kind: Pod, name: svc-%d-%d, namespace: ns-%d}}\n", i/250+100, i%250, pod+1, i, pod, i%50)
		}
		for pod := range 3 {
			fmt.Fprintf(&text, `---
apiVersion: v1
kind: Pod
metadata: {name: svc-%[1]d-%[2]d, namespace: ns-%[3]d, labels: {app: svc-%[1]d, security.istio.io/tlsMode: istio}}
spec: {serviceAccountName: svc-%[1]d}
status: {phase: Running, podIP: 10.%[4]d.%[5]d.%[6]d, conditions: [{type: Ready, status: "True"}]}
`, i, pod, i%50, i/250+100, i%250, pod+1)
		}
	}
	docs, _ := source.Parse(&source.File{Name: "mesh.yaml", Data: []byte(text.String())})
	objects, _, _ := config.Decode(docs, "default")
	m, _ := mesh.Build(objects, mesh.Settings{})
	return m
}

// BenchmarkKubernetes builds all clusters and endpoints of one sidecar.
func BenchmarkKubernetes(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		m := kubernetesServices(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c := New(m.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: "client", Name: "client"}))
				for _, name := range c.clusterNames() {
					c.Endpoints(name)
				}
			}
		})
	}
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
