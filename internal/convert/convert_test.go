package convert_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/text/unicode/norm"

	"sem.example/internal/convert"
	"sem.example/internal/quote"
	"sem.example/internal/source"
	"sem.example/schema"
)

// TestRoundTrip takes every document of the examples, of the test data and, where the oracle is at hand, of its meshes and
// verdicts through CUE and back into YAML and JSON.
func TestRoundTrip(t *testing.T) {
	roots := []string{"../../examples", "../../testdata", "../../validate/testdata", "../../schema/testdata", "../compile/testdata"}
	if oracle := os.Getenv("SEM_ORACLE"); oracle != "" {
		roots = append(roots, filepath.Join(oracle, "cases"), filepath.Join(oracle, "verdicts"))
	}
	var docs []*source.Document
	for _, root := range roots {
		all := texts(t, root)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			docs = append(docs, parse(all[name])...)
		}
	}
	if len(docs) < 200 {
		t.Errorf("only %d documents take part", len(docs))
	}
	for some := range slices.Chunk(docs, 100) {
		same(t, some)
	}
}

// FuzzStrings takes a text through each language as a value and as a key.
func FuzzStrings(f *testing.F) {
	for _, s := range []string{
		"", "on", "y", "0123", "1e3", "12:30:45", "~", "=", "<<", "a: b", "a # b", "- x", "*", "\\(x)", "#a", "_a", "true", "for",
		"a\nb", "a\n  b\n", "\n a\n\n", "a \nb", "\ta", "a\r\nb", "\"\"\"", "\u00e9\u2028\ufeff", "'", "\x00", "2001-01-01",
		"a\n::error file=x::y", "::warning::x", "a\n  ::error::x\n", "##vso[task.complete]", "a ##[error]b\nc", "\u202ea\u2066", "\x1b[31m", "\u009b", "\U000e0001", "a\u200db\nc", "\u2000", "\t\n",
		strings.Repeat("1", 1100), strings.Repeat("a", 1100), strings.Repeat("\u00e9", 600), strings.Repeat("-\n", 600),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, '\ufeff') {
			t.Skip("not text that a file can hold")
		}
		name := s
		if !norm.NFC.IsNormalString(s) {
			name = "a" // CUE normalizes labels, not values
		}
		key := &source.Node{Kind: source.Map, Fields: []source.Field{{Key: name, Value: &source.Node{Kind: source.String, Text: s}}}}
		text := func(s string) *source.Node { return &source.Node{Kind: source.String, Text: s} }
		root := &source.Node{Kind: source.Map, Fields: []source.Field{
			{Key: "apiVersion", Value: text("v1")}, {Key: "kind", Value: text("ConfigMap")}, {Key: "data", Value: key},
		}}
		same(t, []*source.Document{{Root: root, APIVersion: "v1", Kind: "ConfigMap"}})
	})
}

// workflowCommand is a line that GitHub Actions takes for a command.
var workflowCommand = regexp.MustCompile(`(?m)^\s*::[A-Za-z]`)

// same writes documents in each language and reads them back.
func same(t *testing.T, docs []*source.Document) {
	t.Helper()
	var w convert.CUEWriter
	for file, text := range map[string][]byte{"mesh.cue": w.File(docs), "mesh.yaml": convert.YAML(docs), "mesh.json": convert.JSON(docs)} {
		back := filepath.Join(t.TempDir(), file)
		if quote.LoggingCommand().Match(text) || workflowCommand.Match(text) || bytes.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && quote.Unsafe(r) }) {
			t.Errorf("%s holds what a terminal or CI acts on: %q", file, text)
		}
		if err := os.WriteFile(back, text, 0o600); err != nil {
			t.Fatal(err)
		}
		got := read(t, back)
		if len(got) != len(docs) {
			t.Errorf("%d of %d documents come back from %s\n%s", len(got), len(docs), file, text)
			continue
		}
		for i, d := range docs {
			if diff := cmp.Diff(plain(t, d), plain(t, got[i])); diff != "" {
				t.Errorf("%s %s through %s (-before +after):\n%s", d.Kind, d.Name, file, diff)
			}
		}
	}
}

// texts are the texts of YAML and JSON documents below a folder, by name: files, sections of archives, and verdicts.
func texts(t *testing.T, root string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || source.IsTest(name) {
			return err
		}
		data, err := os.ReadFile(name)
		switch filepath.Ext(name) {
		case ".yaml":
			found[name] = data
		case ".txtar":
			for _, f := range txtar.Parse(data).Files {
				if filepath.Ext(f.Name) == ".yaml" {
					found[name+"/"+f.Name] = f.Data
				}
			}
		case ".jsonl":
			found[name] = verdicts(t, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// verdicts makes a YAML stream of the documents of verdicts.
func verdicts(t *testing.T, lines []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	for line := range bytes.Lines(lines) {
		var row struct{ Document json.RawMessage }
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		out.WriteString("---\n")
		out.Write(row.Document)
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// parse returns the documents of a text that have a kind.
func parse(text []byte) []*source.Document {
	docs, _ := source.Parse(&source.File{Name: "mesh.yaml", Data: text})
	return typed(docs)
}

func typed(docs []*source.Document) []*source.Document {
	return slices.DeleteFunc(docs, func(d *source.Document) bool { return d.Kind == "" || d.APIVersion == "" })
}

// read returns the documents of a file that was written here, with which nothing may be wrong.
func read(t *testing.T, name string) []*source.Document {
	t.Helper()
	in, problems := source.Read([]string{name}, source.Options{Library: schema.Library()})
	for _, p := range problems {
		t.Errorf("%s:%d:%d: %s", name, p.Range.Line, p.Range.Column, p.Message)
	}
	return typed(in.Documents)
}

// plain is the value of a document, numbers to the last digit.
func plain(t *testing.T, d *source.Document) any {
	t.Helper()
	text, err := json.Marshal(d.Root)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
