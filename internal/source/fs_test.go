package source

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// The files of a file system are read as those of a folder are: hidden ones, tests and the templates of charts are left out, and
// CUE finds the files of its own package above it and what its module holds.
func TestReadFS(t *testing.T) {
	object := func(name string) string {
		return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\n"
	}
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{
		"mesh/a.yaml":                 object("a"),
		"mesh/b.json":                 `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b"}}`,
		"mesh/.hidden.yaml":           object("hidden"),
		"mesh/a_test.yaml":            object("test"),
		"mesh/note.txt":               "nothing",
		"chart/Chart.yaml":            "name: chart\n",
		"chart/templates/t.yaml":      object("template"),
		"cue/cue.mod/module.cue":      "module: \"example.com@v0\"\nlanguage: version: \"v0.15.0\"\n",
		"cue/names/names.cue":         "package names\nfirst: \"imported\"\n",
		"cue/above.cue":               "package p\n_meta: namespace: \"inherited\"\n",
		"cue/below/object.cue":        "package p\nimport \"example.com/names\"\nsvc: {apiVersion: \"v1\", kind: \"Service\", metadata: _meta & {name: names.first}}\n",
		"elsewhere/not-asked-for.yml": object("elsewhere"),
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	in, problems := Read([]string{"mesh", "chart", "cue", "mesh/a.yaml", "absent.yaml"}, Options{FS: fsys})
	var got []string
	for _, d := range in.Documents {
		got = append(got, d.File.Name+" "+d.Namespace+"/"+d.Name)
	}
	want := []string{"mesh/.hidden.yaml /hidden", "mesh/a.yaml /a", "mesh/a_test.yaml /test", "mesh/b.json /b", "chart/Chart.yaml /", "cue/below/object.cue inherited/imported"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	var found []string
	for _, p := range problems {
		found = append(found, p.File.Name+": "+p.Message)
	}
	want = []string{
		"chart/Chart.yaml: the templates of this Helm chart are not read",
		"absent.yaml: there is no such file or folder",
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
