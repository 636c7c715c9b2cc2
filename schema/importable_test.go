package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/format"

	"sem.example/internal/source"
	"sem.example/schema"
)

// TestImport imports the package from files of all sorts: each kind makes a document, with what only the checks refuse in it.
func TestImport(t *testing.T) {
	var text strings.Builder
	text.WriteString("package mesh\nimport \"sem.example/schema\"\n_timeout: schema.#Duration & \"5s\"\n")
	for _, kind := range schema.Kinds() {
		fmt.Fprintf(&text, "%s: schema.#%s & {metadata: name: \"Not A Name\", spec: nonsense: _timeout}\n", kind, kind)
	}
	docs := importing(t, text.String())
	if len(docs) != len(schema.Kinds()) {
		t.Fatalf("%d documents of %d kinds", len(docs), len(schema.Kinds()))
	}
	for _, doc := range docs {
		if !strings.HasSuffix(doc.APIVersion, "/v1") && !strings.HasSuffix(doc.APIVersion, ".x-k8s.io/v1alpha1") {
			t.Errorf("%s is of version %q", doc.Kind, doc.APIVersion)
		}
		if found := schema.Check(doc); len(found) < 2 {
			t.Errorf("%s: what is wrong was not found: %v", doc.Kind, found)
		}
	}
}

func importing(t *testing.T, text string) []*source.Document {
	t.Helper()
	name := filepath.Join(t.TempDir(), "mesh.cue")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, problems := source.Read([]string{name}, source.Options{Library: schema.Library()})
	for _, p := range problems {
		t.Errorf("%d: %s", p.Range.Line, p.Message)
	}
	return in.Documents
}

// TestCUE compiles the definitions of each kind by themselves, in the form of cue fmt.
func TestCUE(t *testing.T) {
	for _, kinds := range append([][]string{schema.Kinds()}, single(schema.Kinds())...) {
		text := schema.CUE(kinds...)
		formatted, err := format.Source(text)
		if err != nil || string(formatted) != string(text) {
			t.Errorf("%v: not formatted: %v", kinds, err)
		}
		v := cuecontext.New().CompileBytes(text)
		if v.Err() != nil {
			t.Errorf("%v: %v", kinds, v.Err())
		}
		for _, kind := range kinds {
			if !v.LookupPath(cue.MakePath(cue.Def("#" + kind))).Exists() {
				t.Errorf("%v lacks %s", kinds, kind)
			}
		}
	}
}

func single(kinds []string) [][]string {
	var all [][]string
	for _, kind := range kinds {
		all = append(all, []string{kind})
	}
	return all
}
