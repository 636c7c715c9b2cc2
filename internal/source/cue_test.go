package source

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// The CUE files of a folder are read as cue itself does: those of one package are one value.
func TestCUE(t *testing.T) {
	tests := map[string]struct{ files, want string }{
		"package of two files": {`
-- a.cue --
package mesh

#Web: {
	apiVersion: "v1"
	kind:       "Service"
	metadata: {name: string, ...}
	spec: {timeout: *"5s" | string, ...}
}
objects: web: #Web & {
	metadata: {
		name: "web"
		labels: "app.kubernetes.io/name": "ü-web"
	}
	spec: ports: [for p in [80, 0x1bb] {port: p}]
}
_hidden: {apiVersion: "v1", kind: "X"}
-- b.cue --
package mesh

objects: [string]: metadata: namespace: "shop"
`, `a.cue Service shop/web {"apiVersion":"v1","kind":"Service","metadata":{"labels":{"app.kubernetes.io/name":"ü-web"},"name":"web","namespace":"shop"},"spec":{"ports":[{"port":80},{"port":443}],"timeout":"5s"}}
  metadata.labels["app.kubernetes.io/name"] 12:37 "\"ü-web\""
  metadata.name 11:9 "\"web\""
  kind 5:14 "\"Service\""
  spec.ports[0].port 14:44 "p"
`},
		"files without package": {`
-- a.cue --
apiVersion: "v1", kind: "A"
-- b.cue --
[{apiVersion: "v1", kind: "B"}, {c: {apiVersion: "v1", kind: "C"}}]
`, `a.cue A / {"apiVersion":"v1","kind":"A"}
b.cue B / {"apiVersion":"v1","kind":"B"}
b.cue C / {"apiVersion":"v1","kind":"C"}
`},
		"conflict": {`
-- a.cue --
package p
x: {apiVersion: "v1", kind: "A", n: 1}
-- b.cue --
package p
x: n: 2
`, `b.cue:2:7 x.n: conflicting values 2 and 1
  a.cue:2:37 this takes part in it
`},
		"not concrete": {`
-- a.cue --
x: {apiVersion: "v1", kind: "A", n: int}
y: {apiVersion: "v1", kind: "B", n: 1}
`, `a.cue B / {"apiVersion":"v1","kind":"B","n":1}
a.cue:1:37 x.n: incomplete value int
`},
		"syntax": {`
-- a.cue --
x: {
`, `a.cue:2:1 expected '}', found 'EOF'
`},
		"import from afar": {`
-- a.cue --
package p
import "example.com/x"
y: x.y
`, `a.cue:2:8 import failed: imports are unavailable because there is no cue.mod/module.cue file
`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range txtar.Parse([]byte(test.files)).Files {
				write(t, filepath.Join(dir, f.Name), string(f.Data))
			}
			in, problems := Read([]string{dir}, Options{})
			var b strings.Builder
			for _, d := range in.Documents {
				out, _ := json.Marshal(d.Root)
				fmt.Fprintf(&b, "%s %s %s/%s %s\n", relative(t, dir, d.File.Name), d.Kind, d.Namespace, d.Name, sorted(t, out))
				for _, path := range []string{`metadata.labels["app.kubernetes.io/name"]`, "metadata.name", "kind", "spec.ports[0].port"} {
					if d.Lookup("spec") != nil {
						fmt.Fprintf(&b, "  %s %s\n", path, underlined(d.File, d.At(path)))
					}
				}
			}
			for _, p := range problems {
				fmt.Fprintf(&b, "%s:%d:%d %s\n", relative(t, dir, p.File.Name), p.Range.Line, p.Range.Column, p.Message)
				for _, m := range p.Related {
					fmt.Fprintf(&b, "  %s:%d:%d %s\n", relative(t, dir, m.File.Name), m.Range.Line, m.Range.Column, m.Note)
				}
			}
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// sorted is a JSON text with its keys in order.
func sorted(t *testing.T, text []byte) string {
	out, err := json.Marshal(decoded(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func underlined(f *File, r Range) string {
	line := []rune(f.Line(int(r.Line)))
	return fmt.Sprintf("%d:%d %q", r.Line, r.Column, string(slices.Clone(line[r.Column-1:r.EndColumn-1])))
}
