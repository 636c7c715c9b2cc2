package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/diag"
	"sem.example/internal/envoytest"
	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/envoytest/meshgen"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/render"
)

// The meshes that TestUnfoundRefusals makes up; more find more:
//
//	go test ./internal/envoytest/conform -run TestUnfoundRefusals -first 1000 -meshes 500
var (
	firstMesh = flag.Uint64("first", 0, "number of the first made-up mesh")
	meshCount = flag.Uint64("meshes", 20, "how many meshes are made up")
)

// TestUnfoundRefusals makes up meshes, changes fields of each into odd values and has Envoy validate the bootstraps that this changed.
// What Envoy refuses only since then, a check has to have found at a resource that was changed, and to say that Envoy rejects it: another
// fault of the resource explains nothing. It is no fuzz test: Envoy's own code is
// not instrumented, and a mesh that fails is named by its number.
func TestUnfoundRefusals(t *testing.T) {
	path := envoytest.Required(t)
	for mesh := *firstMesh; mesh < *firstMesh+*meshCount; mesh++ {
		if unfound, _ := unfoundRefusals(t, path, mesh, mesh); len(unfound) > 0 {
			t.Errorf("mesh %d: no check finds why Envoy refuses this:\n%s", mesh, strings.Join(unfound, "\n"))
		}
	}
}

// changedDocuments is how many documents of a mesh are changed at once: most changes make Envoy refuse nothing.
const changedDocuments = 4

// unfoundRefusals is what Envoy refuses of a mesh that was changed, and the documents that were, if no check finds anything new in them. A
// change that admission rejects is taken back: istiod never sees it.
func unfoundRefusals(t *testing.T, path string, mesh, change uint64) (unfound, found []string) {
	t.Helper()
	before, m := meshgen.New(mesh), meshgen.New(mesh)
	changed := m.Mutate(change, changedDocuments)
	for _, d := range findings(t, m, changed) {
		for _, i := range changed {
			if d.Admission == diag.Rejected && names(m, []int{i})[nameOf(d.At.Doc)] {
				m.Documents[i] = before.Documents[i]
			}
		}
	}
	refused := refusals(t, path, m, before)
	if len(refused) == 0 {
		return nil, nil
	}
	known := findings(t, before, changed)
	for _, d := range findings(t, m, changed) {
		same := func(k diag.Diagnostic) bool { return k.Check == d.Check && k.Message == d.Message }
		if explains(d) && !slices.ContainsFunc(known, same) {
			return nil, append(refused, d.Check.ID+" "+d.Message)
		}
	}
	for _, i := range changed {
		text, _ := manifest.Write(m.Documents[i : i+1])
		refused = append(refused, string(text))
	}
	return refused, nil
}

// explains reports whether a finding is why Envoy refuses something, in its own words or in those of its check.
func explains(d diag.Diagnostic) bool {
	return d.Level() != diag.Info && strings.Contains(d.Message+" "+d.Check.Why, "Envoy rejects")
}

// refusals are what Envoy says against the bootstraps of the proxies of a mesh, but not of the same mesh before the change.
func refusals(t *testing.T, path string, m, before meshgen.Mesh) []string {
	t.Helper()
	now, then := bootstraps(t, m), bootstraps(t, before)
	var all []string
	for proxy, b := range now {
		old := then[proxy]
		if old.Bootstrap == nil || len(old.refused) > 0 || len(b.refused) == 0 && proto.Equal(b.Bootstrap, old.Bootstrap) {
			continue
		}
		refused := slices.Concat(b.refused, b.validate(t, path))
		if len(refused) > 0 && len(old.validate(t, path)) == 0 {
			all = append(all, refused...)
		}
	}
	return all
}

// A bootstrap is what a proxy of a mesh gets.
type bootstrap struct {
	*bootstrapv3.Bootstrap
	refused []string // what is left out because Envoy would refuse it
}

// bootstraps are those of the proxies of a mesh by their names.
func bootstraps(t *testing.T, m meshgen.Mesh) map[string]bootstrap {
	t.Helper()
	text, err := manifest.Write(m.Documents)
	if err != nil {
		t.Fatal(err)
	}
	w, err := options{}.load(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bootstrap{}
	for _, p := range m.Proxies {
		compiler, err := w.Compile(p)
		if err != nil {
			continue // the change took the proxy away
		}
		b, leftOut := render.Static(compiler.Snapshot(), render.BootstrapOptions{})
		runs := func(line string) bool { return !strings.HasSuffix(line, "Envoy would refuse it") }
		all[p.Name] = bootstrap{b, slices.DeleteFunc(leftOut, runs)}
	}
	return all
}

// validate is what Envoy says against a bootstrap.
func (b bootstrap) validate(t *testing.T, path string) []string {
	t.Helper()
	dir := t.TempDir()
	signed := proto.Clone(b.Bootstrap).(*bootstrapv3.Bootstrap)
	if err := render.SelfSigned(signed, render.BootstrapOptions{Certs: filepath.Join(dir, "certs")}); err != nil {
		t.Fatal(err)
	}
	text, err := protojson.Marshal(signed)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "bootstrap.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := envoytest.Validate(t.Context(), path, file); err != nil {
		lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
		return lines[len(lines)-1:]
	}
	return nil
}

// findings are those about documents of a mesh that are more than information, or that name one of the documents.
func findings(t *testing.T, m meshgen.Mesh, about []int) diag.List {
	t.Helper()
	text, err := manifest.Write(m.Documents)
	if err != nil {
		t.Fatal(err)
	}
	from := options{}.reading([]string{"-"})
	from.Stdin = bytes.NewReader(text)
	report, err := pipeline.Validate(from, pipeline.ValidateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	changed := names(m, about)
	isAbout := func(p source.Place) bool { return changed[nameOf(p.Doc)] }
	return slices.DeleteFunc(report.Findings, func(d diag.Diagnostic) bool {
		related := slices.ContainsFunc(d.Related, func(r diag.Related) bool { return isAbout(r.Place) })
		return d.Level() == diag.Info || !isAbout(d.At) && !related
	})
}

// names are those of documents of a mesh.
func names(m meshgen.Mesh, documents []int) map[string]bool {
	all := map[string]bool{}
	for _, i := range documents {
		meta := m.Documents[i]["metadata"].(manifest.Tree)
		all[fmt.Sprint(m.Documents[i]["kind"], " ", meta["namespace"], "/", meta["name"])] = true
	}
	return all
}

// nameOf is the name of a document; "" of none.
func nameOf(doc *source.Document) string {
	if doc == nil {
		return ""
	}
	return doc.Kind + " " + doc.Namespace + "/" + doc.Name
}
