package source

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// With a cache, the second reading reads what has changed, and finds the same as a reading without one.
func TestCache(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	object := func(name string) string { return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\n" }
	for _, name := range []string{"a", "b", "c"} {
		write(name+".yaml", object(name))
	}
	if err := os.Mkdir("cue", 0o755); err != nil {
		t.Fatal(err)
	}
	write("cue/x.cue", `package x
x: {apiVersion: "v1", kind: "Service", metadata: name: "x"}`)
	write("cue/y.cue", `package x
x: metadata: labels: a: "b"`)
	var cache Cache
	tests := []struct {
		name   string
		change func()
		edited map[string][]byte
		read   []string // the first documents of files that are read anew
		want   []string
	}{
		{"first", func() {}, nil, []string{"a", "b", "c", "x"}, []string{"a", "b", "c", "x"}},
		{"nothing", func() {}, nil, nil, []string{"a", "b", "c", "x"}},
		{"edited", func() {}, map[string][]byte{"a.yaml": []byte(object("a2"))}, []string{"a2"}, []string{"a2", "b", "c", "x"}},
		{"edited as before", func() {}, map[string][]byte{"a.yaml": []byte(object("a2"))}, nil, []string{"a2", "b", "c", "x"}},
		{"not on disk yet", func() {}, map[string][]byte{"bb.yaml": []byte(object("bb"))}, []string{"a", "bb"}, []string{"a", "b", "bb", "c", "x"}},
		{"outside", func() {}, map[string][]byte{"../z.yaml": []byte(object("z")), "z.txt": nil}, nil, []string{"a", "b", "c", "x"}},
		{"written", func() { write("b.yaml", object("b-2")) }, nil, []string{"b-2"}, []string{"a", "b-2", "c", "x"}},
		{"written later, to the same size", func() {
			write("b.yaml", object("b-3"))
			later := time.Now().Add(time.Hour)
			if err := os.Chtimes("b.yaml", later, later); err != nil {
				t.Fatal(err)
			}
		}, nil, []string{"b-3"}, []string{"a", "b-3", "c", "x"}},
		{"another file of a package", func() { write("cue/y.cue", "package x\nx: metadata: labels: {}") }, nil, []string{"x"}, []string{"a", "b-3", "c", "x"}},
		{"removed", func() { os.Remove("c.yaml") }, nil, nil, []string{"a", "b-3", "x"}},
		{"forgotten", cache.Forget, nil, []string{"a", "b-3", "x"}, []string{"a", "b-3", "x"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.change()
			var read, got []string
			var mu sync.Mutex
			in, taken, problems := ReadEach(nil, Options{Edited: test.edited, Cache: &cache}, func(docs []*Document) int {
				mu.Lock()
				defer mu.Unlock()
				if len(docs) > 0 {
					read = append(read, docs[0].Name)
				}
				return len(docs)
			})
			for _, d := range in.Documents {
				got = append(got, d.Name)
			}
			slices.Sort(read)
			if diff := cmp.Diff([][]string{test.read, test.want}, [][]string{read, got}); diff != "" {
				t.Errorf("read, and documents (-want +got):\n%s", diff)
			}
			if len(taken) != len(in.Files) || len(problems) > 0 {
				t.Errorf("%d files, %d taken, problems %v", len(in.Files), len(taken), problems)
			}
		})
	}
}

// A file that cannot be read is tried again.
func TestCacheOfUnreadable(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.yaml")
	var cache Cache
	if _, problems := Read([]string{name}, Options{Cache: &cache}); len(problems) != 1 {
		t.Fatal(problems)
	}
	if err := os.WriteFile(name, []byte("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if in, problems := Read([]string{name}, Options{Cache: &cache}); len(problems) != 0 || len(in.Documents) != 1 {
		t.Fatal(problems)
	}
}
