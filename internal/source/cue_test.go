package source

import (
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite goldens")

// stub stands for the library that sem brings along.
var stub = Library{
	Path: "example.com/library",
	Files: map[string][]byte{"web.cue": []byte(`
package library

#Web: {apiVersion: *"v1" | string, kind: "Web", ...}
#Name: =~"^[a-z]*$" | error("SEM025: must be in lower case")
`)},
}

// The CUE files of a folder are read as cue itself does: those of one package are one value. Each archive is a folder, with
// what is read of it under "want": documents, the places of some of their fields, and problems.
func TestCUE(t *testing.T) {
	archives, err := filepath.Glob("testdata/cue/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir, want := t.TempDir(), &archive.Files[len(archive.Files)-1]
			for _, f := range archive.Files[:len(archive.Files)-1] {
				write(t, filepath.Join(dir, f.Name), string(f.Data))
			}
			in, problems := Read([]string{dir}, Options{Library: stub})
			got := cueReadings(t, dir, in.Documents) + cueTroubles(t, dir, problems)
			if diff := cmp.Diff(string(want.Data), got); diff != "" && !*update {
				t.Error(diff)
			}
			if want.Data = []byte(got); *update {
				write(t, name, string(txtar.Format(archive)))
			}
		})
	}
}

// cueReadings prints documents with the places of some fields.
func cueReadings(t *testing.T, dir string, docs []*Document) string {
	var b strings.Builder
	for _, d := range docs {
		out, err := json.Marshal(d.Root)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s %s/%s %s\n", relative(t, dir, d.File.Name), d.Kind, d.Namespace, d.Name, sorted(t, out))
		for _, path := range []string{"kind", "metadata.name", `metadata.labels["app.kubernetes.io/name"]`, "spec", "spec.owner", "spec.ports[0].port"} {
			if d.Lookup(path) == nil {
				continue
			}
			f := Place{Doc: d, Field: path}.Source()
			fmt.Fprintf(&b, "  %s: %s:%s, key %s\n", path, relative(t, dir, f.Name), underlined(f, d.At(path)), underlined(f, d.KeyAt(path)))
		}
	}
	return b.String()
}

func cueTroubles(t *testing.T, dir string, problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		minor := map[bool]string{true: " (minor)"}[p.Minor]
		fmt.Fprintf(&b, "%s:%d:%d %s%s: %s\n", relative(t, dir, p.File.Name), p.Range.Line, p.Range.Column, troubles[p.Trouble], minor, p.Message)
		for _, m := range p.Related {
			fmt.Fprintf(&b, "  %s:%d:%d %s\n", relative(t, dir, m.File.Name), m.Range.Line, m.Range.Column, m.Note)
		}
	}
	return b.String()
}

// sorted is a JSON text with its keys in order.
func sorted(t *testing.T, text []byte) string {
	out, err := json.Marshal(decoded(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// underlined is the part of a range on its first line.
func underlined(f *File, r Range) string {
	line := []rune(f.Line(int(r.Line)))
	end := len(line)
	if r.EndLine == r.Line {
		end = int(r.EndColumn) - 1
	}
	return fmt.Sprintf("%d:%d %q", r.Line, r.Column, string(line[r.Column-1:end]))
}

// FuzzCUE reads arbitrary text as a file of CUE: the reader never panics, and every place is in a file.
func FuzzCUE(f *testing.F) {
	archives, err := filepath.Glob("testdata/cue/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := []content{{file: &File{Name: filepath.Join(t.TempDir(), "a.cue"), Data: data}, named: true}}
		c[0].file.once.Do(c[0].file.scan)
		(&cueReader{library: stub, limits: CUELimits{}.withDefaults()}).read(c)
		for _, doc := range c[0].docs {
			if doc.Root.Kind != Map || !doc.At("kind").Known() {
				t.Errorf("%s %v", doc.Kind, doc.At("kind"))
			}
		}
		for _, p := range c[0].problems {
			if p.File != c[0].file || p.Message == "" {
				t.Errorf("%q is nowhere", p.Message)
			}
		}
	})
}
