package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkRender times the binary from files to the whole configuration of one sidecar as JSON, and to one trace, in meshes
// of 1,000 and 10,000 external hosts with an entry, a rule of two subsets and routes each, and reports the peak of its memory.
func BenchmarkRender(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "sem")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	for _, hosts := range []int{1_000, 10_000} {
		mesh := benchMesh(b, hosts)
		b.Run(fmt.Sprintf("%d/render", hosts), func(b *testing.B) {
			runTimed(b, bin, "render", "--no-config", mesh, "--from", "team-1/client")
		})
		b.Run(fmt.Sprintf("%d/clusters", hosts), func(b *testing.B) {
			runTimed(b, bin, "render", "--no-config", mesh, "--from", "team-1/client", "-t", "clusters")
		})
		b.Run(fmt.Sprintf("%d/trace", hosts), func(b *testing.B) {
			runTimed(b, bin, "trace", "--no-config", "-f", mesh, "--from", "team-1/client", "http://api-77.example.com/v1/x")
		})
	}
}

// benchMesh writes the documents of so many hosts, a hundred hosts a file.
func benchMesh(b *testing.B, hosts int) string {
	b.Helper()
	dir := b.TempDir()
	documents := strings.Replace(benchDocuments, "maxConnections: 100}}}\n",
		"maxConnections: 100}}}\n  subsets: [{name: a, labels: {version: a}}, {name: b, labels: {version: b}}]\n", 1)
	for first := 0; first < hosts; first += 100 {
		var text strings.Builder
		for i := first; i < min(first+100, hosts); i++ {
			fmt.Fprintf(&text, documents+"---\n", i, i%50)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.yaml", first)), []byte(text.String()), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}
