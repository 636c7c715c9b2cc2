package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sem.example/simulate"
)

// externalHost is one external host of a generated mesh: an entry, a rule with two subsets, and routes.
const externalHost = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  hosts: [api-%[1]d.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP}
  - {number: 443, name: tls, protocol: TLS}
  resolution: DNS
  location: MESH_EXTERNAL
---
`

// clusterService is one Kubernetes Service of a generated mesh.
const clusterService = `apiVersion: v1
kind: Service
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  clusterIP: 10.%[3]d.%[4]d.%[5]d
  ports:
  - {name: http, port: 80}
  - {name: tls, port: 443}
---
`

const hostRules = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  host: %[3]s
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 100}}}
  subsets:
  - {name: a, labels: {version: a}}
  - {name: b, labels: {version: b}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  hosts: [%[3]s]
  http:
  - match: [{uri: {prefix: /v1}}]
    route: [{destination: {host: %[3]s, port: {number: 80}}}]
    timeout: 5s
  - route: [{destination: {host: %[3]s, port: {number: 80}}}]
---
`

// generated writes a mesh of so many hosts, a hundred a file.
func generated(b *testing.B, hosts int, kubernetes bool) string {
	b.Helper()
	dir := b.TempDir()
	for first := 0; first < hosts; first += 100 {
		var text strings.Builder
		for i := first; i < min(first+100, hosts); i++ {
			team, host := i%50, fmt.Sprintf("api-%d.example.com", i)
			if kubernetes {
				host = fmt.Sprintf("api-%d.team-%d.svc.cluster.local", i, team)
				fmt.Fprintf(&text, clusterService, i, team, 64+i>>16, i>>8&255, i&255)
			} else {
				fmt.Fprintf(&text, externalHost, i, team)
			}
			fmt.Fprintf(&text, hostRules, i, team, host)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("mesh-%05d.yaml", first)), []byte(text.String()), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkMesh goes from files to what proxies run, in meshes of 1,000 and 10,000 hosts: the whole configuration of one sidecar,
// of one gateway, of a hundred sidecars of fifty namespaces, and what a single trace builds. Origins are worked out for who asks.
func BenchmarkMesh(b *testing.B) {
	for _, kind := range []string{"external", "kubernetes"} {
		for _, hosts := range []int{1_000, 10_000} {
			dir := generated(b, hosts, kind == "kubernetes")
			name := func(what string) string { return fmt.Sprintf("%s/%d/%s", kind, hosts, what) }
			b.Run(name("sidecar"), func(b *testing.B) { compileAll(b, dir, "sidecar", 1) })
			b.Run(name("gateway"), func(b *testing.B) { compileAll(b, dir, "gateway", 1) })
			if hosts == 1_000 {
				b.Run(name("100-sidecars"), func(b *testing.B) { compileAll(b, dir, "sidecar", 100) })
			}
			b.Run(name("trace"), func(b *testing.B) { traceOne(b, dir, kind == "kubernetes") })
		}
	}
}

func compileAll(b *testing.B, dir, proxy string, proxies int) {
	b.ReportAllocs()
	for b.Loop() {
		w := load(b, dir)
		for i := range proxies {
			c, err := w.Compile(simulate.Proxy{Type: proxy, Namespace: fmt.Sprintf("team-%d", i%50), Name: fmt.Sprintf("client-%d", i)})
			if err != nil {
				b.Fatal(err)
			}
			if s := c.Resources(); len(s.Clusters) == 0 {
				b.Fatal("no clusters")
			}
		}
	}
}

func traceOne(b *testing.B, dir string, kubernetes bool) {
	b.ReportAllocs()
	url := "http://api-77.example.com/v1/x"
	if kubernetes {
		url = "http://api-77.team-27.svc.cluster.local/v1/x"
	}
	for b.Loop() {
		w := load(b, dir)
		t, err := w.Trace(simulate.Call{Proxy: simulate.Proxy{Type: "sidecar", Namespace: "team-1", Name: "client"}, URL: url}, TraceOptions{})
		if err != nil || !t.Verdict.Succeeded() {
			b.Fatal(err, t.Summary)
		}
	}
}

func load(b *testing.B, dir string) *World {
	b.Helper()
	w, err := Load(Options{Paths: []string{dir}})
	if err != nil {
		b.Fatal(err)
	}
	return w
}
