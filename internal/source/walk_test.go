package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWalk(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	for _, name := range []string{"b.yaml", "a/c.yml", "a/b.json", "a/d.txt", "a/x_test.yaml", ".git/e.yaml", "a/.f.yaml", "a/g.cue", "chart/templates/x.yaml", "chart/Chart.yaml", "templates/y.yaml"} {
		write(t, filepath.Join(dir, name), object)
	}
	for name, target := range map[string]string{"a/loop": "..", "a/self.yaml": "self.yaml", "a/gone.yaml": "nowhere", "z.yaml": "b.yaml", "folder": "a", "away": other, "a/.#c.yml": "user@host.123"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	list := func(args ...string) []string {
		inputs, problems := walk(args, holdsConfiguration, false)
		var got []string
		for _, in := range inputs {
			got = append(got, relative(t, dir, in.name))
		}
		for _, p := range problems {
			got = append(got, relative(t, dir, p.File.Name)+": "+p.Message)
		}
		return got
	}
	want := []string{
		"a/.f.yaml", "a/b.json", "a/c.yml", "a/g.cue", "a/x_test.yaml", "b.yaml", "chart/Chart.yaml", "templates/y.yaml", "z.yaml",
		"a/gone.yaml: there is no such file or folder", "a/self.yaml: too many levels of symbolic links",
		"away: a link to a folder is not followed", "chart/Chart.yaml: the templates of this Helm chart are not read",
	}
	if diff := cmp.Diff(want, list(dir)); diff != "" {
		t.Error("a folder:", diff)
	}
	if diff := cmp.Diff([]string{"b.yaml", "a/x_test.yaml", "nope: there is no such file or folder"},
		list(dir+"/b.yaml", dir+"/./b.yaml", dir+"/a/x_test.yaml", dir+"/nope")); diff != "" {
		t.Error("files by name:", diff)
	}
	if got := list(dir + "/folder"); len(got) != 8 || got[1] != "folder/b.json" {
		t.Error("a link to a folder, named:", got)
	}
}

func TestReadStdin(t *testing.T) {
	in, problems := Read([]string{"-"}, Options{Stdin: strings.NewReader("{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}]}")})
	if len(problems) > 0 || len(in.Documents) != 1 || in.Documents[0].Kind != "Pod" || in.Files[0].Name != "stdin" {
		t.Error(in, problems)
	}
}

// A file that is too large is refused before it is read.
func TestLargeFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large.yaml")
	write(t, name, "")
	if err := os.Truncate(name, maxFile+1); err != nil {
		t.Skip(err)
	}
	_, problems := Read([]string{name}, Options{})
	_, streamed := Read([]string{"-"}, Options{Stdin: &endless{}})
	for _, p := range [][]Problem{problems, streamed} {
		if len(p) != 1 || p[0].Trouble != TooLarge {
			t.Error(p)
		}
	}
}

// endless never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestUnreadable(t *testing.T) {
	name := filepath.Join(t.TempDir(), "secret.yaml")
	write(t, name, object)
	if err := os.Chmod(name, 0); err != nil || os.Getuid() == 0 {
		t.Skip("nothing is unreadable here")
	}
	_, problems := Read([]string{name}, Options{})
	if len(problems) != 1 || problems[0].Trouble != Unreadable {
		t.Error(problems)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func relative(t *testing.T, dir, name string) string {
	t.Helper()
	rel, err := filepath.Rel(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

// What a folder happens to hold beside the mesh is no mistake of the mesh.
func TestForeignFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "tsconfig.json"), "{\n  // a comment\n}")
	write(t, filepath.Join(dir, "jobs.yaml"), "a: {{ jinja }}\n")
	write(t, filepath.Join(dir, "broken.json"), "{\"apiVersion\": \"v1\",}")
	write(t, filepath.Join(dir, "t.json"), "{\"apiVersion\": {{ x }}}")
	write(t, filepath.Join(dir, "note.yaml"), "apiVersion: release-notes/v2\nkind:\narea: x\n")
	write(t, filepath.Join(dir, "chart", "Chart.yaml"), "apiVersion: v2\nname: x\n")
	write(t, filepath.Join(dir, "chart", "files", "f.yaml"), object+"a: {{ x }}\n")
	_, problems := Read([]string{dir}, Options{})
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprint(relative(t, dir, p.File.Name), " ", troubles[p.Trouble], " ", p.Minor))
	}
	want := []string{"broken.json Syntax false", "chart/files/f.yaml Template true", "jobs.yaml Template true", "t.json Template false", "tsconfig.json Syntax true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
