package security

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"sem.example/internal/compile/compiletest"
	"sigs.k8s.io/yaml"
)

// TestCustom compares, for the CUSTOM policies of each archive in testdata/custom, the filters that each proxy asks external
// authorizers with, about requests and about connections.
func TestCustom(t *testing.T) {
	files, _ := filepath.Glob("testdata/custom/*.txtar")
	if len(files) == 0 {
		t.Fatal("no archives")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m := compiletest.Mesh(t, ar)
			for _, line := range strings.Split(strings.TrimSpace(compiletest.Section(ar, "proxies")), "\n") {
				p := compiletest.Proxy(t, line)
				access := New(m.View(p))
				var out strings.Builder
				for _, f := range access.Requests().External {
					out.WriteString(filterText(t, f))
				}
				for _, f := range slices.Concat(access.Connections().NetworkExternal, access.Connections().Network) {
					out.WriteString(filterText(t, f))
				}
				compiletest.Check(t, ar, "out/"+p.Name, out.String())
			}
			if *compiletest.Update {
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func filterText(t *testing.T, filter proto.Message) string {
	t.Helper()
	raw, err := protojson.Marshal(filter)
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.JSONToYAML(raw)
	if err != nil {
		t.Fatal(err)
	}
	return "# filter\n" + string(text)
}
