package schema

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"cuelang.org/go/cue/format"

	"sem.example/internal/source"
)

// TestFormat holds the files to the form of cue fmt.
func TestFormat(t *testing.T) {
	for _, name := range fileNames() {
		have, err := module.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := format.Source(have)
		if err != nil {
			t.Fatal(err)
		}
		if string(have) != string(want) {
			t.Errorf("%s is not formatted: run cue fmt", name)
		}
	}
}

// TestUnderstood requires that the checker knows every construct of the schema, for what it does not know it rejects, and that
// costs time.
func TestUnderstood(t *testing.T) {
	for _, c := range Checks() {
		if docs, _ := source.Parse(&source.File{Name: "right.yaml", Data: []byte(c.Right)}); !Accepts(docs[0]) {
			t.Errorf("the checker does not accept the right example of %s", c.ID)
		}
	}
}

// agree compares the checker with CUE.
func agree(t *testing.T, name string, doc *source.Document) {
	t.Helper()
	kind := Definition(doc)
	if kind == "" {
		return
	}
	fast, slow := Accepts(doc), ask(kind, stored(named{define("#" + kind)}, doc.Root), nil)
	switch {
	case fast && len(slow) > 0:
		t.Errorf("%s: the checker accepts what CUE does not: %v\n%s", name, slow, doc.Root.AppendJSON(nil))
	case !fast && len(slow) == 0:
		t.Errorf("%s: the checker does not accept what CUE does\n%s", name, doc.Root.AppendJSON(nil))
	}
	if found := Check(doc); len(found) == 0 != (len(slow) == 0) {
		t.Errorf("%s: %d findings, and CUE says %v\n%s", name, len(found), slow, doc.Root.AppendJSON(nil))
	}
}

func TestAgree(t *testing.T) {
	for _, c := range Checks() {
		for _, text := range []string{c.Right, c.Wrong} {
			docs, _ := source.Parse(&source.File{Name: c.ID, Data: []byte(text)})
			agree(t, c.ID, docs[0])
		}
	}
	if testing.Short() {
		return // the race detector needs no more of one goroutine
	}
	names, err := filepath.Glob(filepath.Join(os.Getenv("SEM_ORACLE"), "verdicts", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		agreeLines(t, name)
	}
}

func agreeLines(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var v struct {
			ID       string
			Document json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		docs, _ := source.Parse(&source.File{Name: v.ID, Data: v.Document})
		agree(t, v.ID, docs[0])
	}
}
