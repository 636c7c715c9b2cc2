package compile

import (
	"flag"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "rewrite goldens")

func mustJSON(t *testing.T, text string) []byte {
	t.Helper()
	out, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func section(ar *txtar.Archive, name string) string {
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// check compares a section of an archive, or writes it with -update.
func check(t *testing.T, ar *txtar.Archive, name, got string) {
	t.Helper()
	if *update {
		for i, f := range ar.Files {
			if f.Name == name {
				ar.Files[i].Data = []byte(got)
				return
			}
		}
		ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(got)})
		return
	}
	if diff := cmp.Diff(section(ar, name), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
