package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkWrongDocuments times the binary on 3,000 right documents, and on 3,000 of which each has a mistake. It reports how many
// times as long the wrong ones take: ten at most.
func BenchmarkWrongDocuments(b *testing.B) {
	bin := buildBinary(b)
	wrong := map[string]func(doc string) string{
		"type":    func(doc string) string { return strings.ReplaceAll(doc, "spec:\n  hosts: [", "spec:\n  hosts: [{}, ") },
		"value":   func(doc string) string { return strings.ReplaceAll(doc, "resolution: DNS", "resolution: DSN") },
		"unknown": func(doc string) string { return strings.ReplaceAll(doc, "spec:\n", "spec:\n  speck: [1, 2]\n") },
	}
	doc := func(i int) string { return fmt.Sprintf(benchDocuments, i, i%50) }
	right := folder(b, 1_000, doc)
	for name, spoil := range wrong {
		files := folder(b, 1_000, func(i int) string { return spoil(doc(i)) })
		b.Run(name, func(b *testing.B) {
			var good, bad time.Duration
			for b.Loop() {
				good += timed(b, bin, "validate", "--no-config", right)
				bad += timed(b, bin, "validate", "--no-config", files)
			}
			b.ReportMetric(float64(bad)/float64(good), "times-right")
		})
	}
}

// BenchmarkManyWrongValues times the binary on Sidecars of which each has many wrong values, and reports how many times as long four
// times as many take: a run explains so many findings, whatever the number of documents is.
func BenchmarkManyWrongValues(b *testing.B) {
	bin := buildBinary(b)
	listener := "  - hosts: [7, {a: 1}]\n    port: {number: x, protocol: [], name: 5}\n    bind: {}\n    captureMode: W\n"
	sidecars := func(n int) string {
		return folder(b, n, func(i int) string {
			head := fmt.Sprintf("apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: s%d, namespace: n%d}\nspec:\n  egress:\n", i, i)
			return head + strings.Repeat(listener, 10)
		})
	}
	few, many := sidecars(300), sidecars(1200)
	var first, all time.Duration
	for b.Loop() {
		first += timed(b, bin, "validate", "--no-config", few)
		all += timed(b, bin, "validate", "--no-config", many)
	}
	b.ReportMetric(float64(all)/float64(first), "times-a-quarter")
}

// BenchmarkDiffCrossed compares meshes in which 250 ports are crossed with 1,000 rules for access, and reports the most memory that
// takes.
func BenchmarkDiffCrossed(b *testing.B) {
	bin := buildBinary(b)
	side := func(first int) string {
		var text strings.Builder
		text.WriteString("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: d, labels: {app: a}}\nspec: {containers: [{name: a}]}\n" +
			"---\napiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: d}\nspec:\n  selector: {app: a}\n  ports:\n")
		for port := range 250 {
			fmt.Fprintf(&text, "  - {name: http-%d, port: %d}\n", port, 1000+port)
		}
		for i := range 1000 {
			if i%500 == 0 {
				fmt.Fprintf(&text, "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p%d, namespace: d}\n"+
					"spec:\n  action: DENY\n  rules:\n", i)
			}
			fmt.Fprintf(&text, "  - to: [{operation: {paths: [/%d]}}]\n", first+i)
		}
		return folder(b, 1, func(int) string { return text.String() })
	}
	old, new := side(0), side(1)
	var peak int64
	for b.Loop() {
		cmd := exec.Command(bin, "diff", "--no-config", old, new)
		if out, err := cmd.Output(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
			b.Fatalf("%v: %s", err, out)
		}
		peak = max(peak, peakKB(cmd.ProcessState))
	}
	b.ReportMetric(float64(peak)/1024, "peak-MB")
}

// BenchmarkMisplacedPatches times the binary on EnvoyFilters whose patches fit nothing in a mesh of 500 services, and reports how many
// times as long four times as many take: the reason is looked for of some of them only.
func BenchmarkMisplacedPatches(b *testing.B) {
	bin := buildBinary(b)
	mesh := func(filters int) string {
		text := "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: d, labels: {app: a}}\nspec: {containers: [{name: a}]}\n"
		for i := range 500 {
			text += fmt.Sprintf("---\napiVersion: v1\nkind: Service\nmetadata: {name: s%d, namespace: d}\nspec: {selector: {app: a}, ports: [{name: http, port: 80}]}\n", i)
		}
		for i := range filters {
			text += fmt.Sprintf("---\napiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: f%d, namespace: d}\nspec:\n  configPatches:\n", i)
			for j := range 10 {
				text += fmt.Sprintf("  - applyTo: CLUSTER\n    match: {cluster: {service: s%d-%d.d.svc.cluster.local}}\n"+
					"    patch: {operation: MERGE, value: {connect_timeout: %ds}}\n", i, j, j+1)
			}
		}
		return folder(b, 1, func(int) string { return text })
	}
	few, many := mesh(100), mesh(400)
	var first, all time.Duration
	for b.Loop() {
		first += timed(b, bin, "validate", "--no-config", few)
		all += timed(b, bin, "validate", "--no-config", many)
	}
	b.ReportMetric(float64(all)/float64(first), "times-a-quarter")
}

// BenchmarkNestedKustomizations times the binary on components of which each uses the next one, deeper than any is built, and reports
// how many times as long four times as many take.
func BenchmarkNestedKustomizations(b *testing.B) {
	bin := buildBinary(b)
	chain := func(n int) string {
		dir := b.TempDir()
		for i := range n {
			name := filepath.Join(dir, fmt.Sprintf("c%d", i), "kustomization.yaml")
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				b.Fatal(err)
			}
			write(b, name, fmt.Sprintf("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../c%d]\n", i+1))
		}
		return dir
	}
	few, many := chain(1_000), chain(4_000)
	var first, all time.Duration
	for b.Loop() {
		first += timed(b, bin, "validate", "--no-config", few)
		all += timed(b, bin, "validate", "--no-config", many)
	}
	b.ReportMetric(float64(all)/float64(first), "times-a-quarter")
}

// BenchmarkForeign times the binary on 100 MB of JSON and YAML that hold no resource, beside one that is.
func BenchmarkForeign(b *testing.B) {
	bin := buildBinary(b)
	dir := folder(b, 1, func(i int) string { return fmt.Sprintf(benchDocuments, i, i) })
	for i := range 10 {
		json := `{"a":[` + strings.Repeat(`{"name":"x","values":[1,2.5,true,null,"text"]},`, 100_000) + `{}]}`
		yaml := strings.Repeat("- name: x\n  values: [1, 2.5, true, text]\n  nested: {a: b}\n", 90_000)
		write(b, filepath.Join(dir, fmt.Sprintf("data-%d.json", i)), json)
		write(b, filepath.Join(dir, fmt.Sprintf("values-%d.yaml", i)), yaml)
	}
	b.SetBytes(10 * (100_000*47 + 90_000*57))
	for b.Loop() {
		timed(b, bin, "validate", "--no-config", dir)
	}
}

func buildBinary(b *testing.B) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "sem")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

func folder(b *testing.B, n int, doc func(int) string) string {
	b.Helper()
	dir := b.TempDir()
	for i := range n {
		write(b, filepath.Join(dir, fmt.Sprintf("%05d.yaml", i)), doc(i))
	}
	return dir
}

func write(b *testing.B, name, text string) {
	b.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

// timed runs a command, whatever it finds, and returns the time of its processors.
func timed(b *testing.B, name string, args ...string) time.Duration {
	b.Helper()
	cmd := exec.Command(name, args...)
	out, err := cmd.Output()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() > 1 || len(out) == 0 {
		b.Fatalf("%v: %s", err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
