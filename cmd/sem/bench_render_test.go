package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// benchService registers a host of the cluster, at an address made of the last two numbers.
const benchService = `apiVersion: v1
kind: Service
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  clusterIP: 10.64.%[3]d.%[4]d
  ports: [{name: http, port: 80}, {name: tls, port: 443}]
---
`

// BenchmarkRender times the binary from files to the whole configuration of one sidecar as JSON, and to one trace, in meshes
// of 1,000 and 10,000 external hosts and Kubernetes Services with a rule of two subsets and routes each, and reports the peak
// of its memory.
func BenchmarkRender(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "sem")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	external := benchEntry + benchRules
	kubernetes := benchService + strings.ReplaceAll(benchRules, "api-%[1]d.example.com", "api-%[1]d.team-%[2]d.svc.cluster.local")
	for _, hosts := range []int{1_000, 10_000} {
		for _, kind := range []struct{ name, documents, host string }{
			{"external", external, "api-77.example.com"}, {"kubernetes", kubernetes, "api-77.team-27"},
		} {
			mesh := benchMesh(b, hosts, kind.documents)
			run := func(what, command string, args ...string) {
				b.Run(fmt.Sprintf("%s/%d/%s", kind.name, hosts, what), func(b *testing.B) {
					runTimed(b, bin, append([]string{command, "--no-config", "-f", mesh, "--from", "team-1/client"}, args...)...)
				})
			}
			run("render", "render")
			run("clusters", "render", "-t", "clusters")
			run("trace", "trace", "http://"+kind.host+"/v1/x")
		}
	}
}

// benchMesh writes the documents of so many hosts, a hundred hosts a file.
func benchMesh(b *testing.B, hosts int, documents string) string {
	b.Helper()
	dir := b.TempDir()
	documents = strings.Replace(documents, "maxConnections: 100}}}\n",
		"maxConnections: 100}}}\n  subsets: [{name: a, labels: {version: a}}, {name: b, labels: {version: b}}]\n", 1)
	for first := 0; first < hosts; first += 100 {
		var text strings.Builder
		for i := first; i < min(first+100, hosts); i++ {
			fmt.Fprintf(&text, documents+"---\n", i, i%50, i/256, i%256)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.yaml", first)), []byte(text.String()), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}
