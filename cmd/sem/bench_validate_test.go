package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// The documents of one host, by its number and that of its namespace: what registers it, and the rules for it.
const (
	benchDocuments = benchEntry + benchRules

	benchEntry = `apiVersion: networking.istio.io/v1
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
	benchRules = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  host: api-%[1]d.example.com
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 100}}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  hosts: [api-%[1]d.example.com]
  http:
  - match: [{uri: {prefix: /v1}}]
    route: [{destination: {host: api-%[1]d.example.com, port: {number: 80}}}]
    timeout: 5s
  - route: [{destination: {host: api-%[1]d.example.com, port: {number: 80}}}]
`
)

// BenchmarkValidate times the binary on 1,000 and 33,334 files of three documents, and kubeconform with the schemas of Istio's
// CRDs on the same 1,000 files, where it is on the PATH.
func BenchmarkValidate(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "sem")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	files := benchFiles(b, 1_000)
	b.Run("sem/3000", func(b *testing.B) { runTimed(b, bin, "validate", "--no-config", files) })
	b.Run("kubeconform/3000", func(b *testing.B) {
		peer, err := exec.LookPath("kubeconform")
		if err != nil {
			b.Skip("no kubeconform here: go install github.com/yannh/kubeconform/cmd/kubeconform@latest")
		}
		runTimed(b, peer, "-schema-location", crdSchemas(b)+"/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json", files)
	})
	many := benchFiles(b, 33_334)
	b.Run("sem/100000", func(b *testing.B) { runTimed(b, bin, "validate", "--no-config", many) })
}

func benchFiles(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.yaml", i)), fmt.Appendf(nil, benchDocuments, i, i%50), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// runTimed runs a command as often as the benchmark asks and reports the largest memory that a run held. What it prints is not
// kept, for on Linux a process begins with the peak of the one that started it.
func runTimed(b *testing.B, name string, args ...string) {
	peak := int64(0)
	for b.Loop() {
		cmd := exec.Command(name, args...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		if err := cmd.Run(); err != nil {
			b.Fatalf("%v\n%s", err, errs.Bytes())
		}
		peak = max(peak, peakKB(cmd.ProcessState))
	}
	if peak > 0 {
		b.ReportMetric(float64(peak)/1024, "peak-MB")
	}
}

// crdSchemas writes the schemas of Istio's CRDs, which come with the module of its API, in the form that kubeconform reads.
func crdSchemas(b *testing.B) string {
	b.Helper()
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "istio.io/api").Output()
	if err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(module)), "kubernetes", "customresourcedefinitions.gen.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	for part := range strings.SplitSeq(string(text), "\n---\n") {
		writeSchemas(b, dir, part)
	}
	return dir
}

func writeSchemas(b *testing.B, dir, definition string) {
	var crd struct {
		Spec struct {
			Names    struct{ Kind string }
			Versions []struct {
				Name   string
				Schema struct{ OpenAPIV3Schema json.RawMessage }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(definition), &crd); err != nil {
		b.Fatal(err)
	}
	for _, v := range crd.Spec.Versions {
		name := fmt.Sprintf("%s_%s.json", strings.ToLower(crd.Spec.Names.Kind), v.Name)
		if err := os.WriteFile(filepath.Join(dir, name), v.Schema.OpenAPIV3Schema, 0o644); err != nil {
			b.Fatal(err)
		}
	}
}
