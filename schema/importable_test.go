package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
		if !strings.HasSuffix(doc.APIVersion, ".istio.io/v1") {
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
