package source

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/subprocess"
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

// FuzzCUE reads arbitrary text as a file of CUE: the reader never panics, every place is in a file, and what costs more than
// the limits ends another process. What does not is read by this process as well, which has to find the same in it.
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
	f.Add([]byte("a: {if true {b: a.c}, c: a.b}\nd: [for x in a {x}]"))
	program, err := os.Executable()
	if err != nil {
		f.Fatal(err)
	}
	limits := CUELimits{Program: []string{program, serveCUE}, Memory: 256 << 20, Time: 2 * time.Second}.withDefaults()
	pool := subprocess.NewPool(limits.Program, subprocess.Limits{Memory: limits.Memory, Time: limits.Time})
	f.Cleanup(pool.Close)
	f.Fuzz(func(t *testing.T, data []byte) {
		name := filepath.Join(t.TempDir(), "a.cue")
		got := readFuzzed(name, data, Options{Library: stub, CUE: limits, pool: pool})
		if strings.Contains(got.cueSummary(t), "its process ended: panic") {
			t.Fatal(got.cueSummary(t))
		}
		if slices.ContainsFunc(got.problems, func(p Problem) bool { return strings.HasPrefix(p.Message, unevaluated) }) {
			return // this process has no bounds
		}
		here := readFuzzed(name, data, Options{Library: stub, CUE: limits})
		if diff := cmp.Diff(here.cueSummary(t), got.cueSummary(t)); diff != "" {
			t.Errorf("the other process reads it otherwise (-here +there):\n%s", diff)
		}
	})
}

// readFuzzed reads one file of CUE.
func readFuzzed(name string, data []byte, opts Options) *content {
	c := []content{{file: &File{Name: name, Data: data}, named: true}}
	c[0].file.once.Do(c[0].file.scan)
	readCUE(c, opts)
	return &c[0]
}

// cueSummary lists the documents and problems of a file, and checks that each is in it.
func (c *content) cueSummary(t *testing.T) string {
	var lines []string
	for _, doc := range c.docs {
		if doc.Root.Kind != Map || !doc.At("kind").Known() {
			t.Errorf("%s %v", doc.Kind, doc.At("kind"))
		}
		lines = append(lines, fmt.Sprintf("%s %s %v", doc.Kind, doc.Name, doc.At("kind")))
	}
	for _, p := range c.problems {
		if p.File != c.file || p.Message == "" {
			t.Errorf("%q is nowhere", p.Message)
		}
		lines = append(lines, fmt.Sprintf("%v %v %s", p.Trouble, p.Range, p.Message))
	}
	return strings.Join(lines, "\n")
}

// serveCUE is the first argument of this test where it evaluates CUE for another one.
const serveCUE = "serve-cue"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == serveCUE {
		if err := ServeCUE(os.Args[2:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}
