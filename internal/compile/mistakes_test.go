package compile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// TestMistakes puts documents near the edge of validity in the place of the valid ones of their mesh and compiles every
// proxy there. Whatever a document says, the compile answers and never panics.
func TestMistakes(t *testing.T) {
	folder := os.Getenv("SEM_ORACLE")
	if folder == "" || testing.Short() {
		t.Skip("SEM_ORACLE is not set, or -short")
	}
	homes := oracleHomes(t, folder)
	files, _ := filepath.Glob(filepath.Join(folder, "verdicts", "*.jsonl"))
	compiled := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			var verdict struct {
				ID       string
				Document json.RawMessage
			}
			if err := json.Unmarshal(line, &verdict); err != nil {
				t.Fatal(err)
			}
			docs, _ := source.Parse(&source.File{Name: verdict.ID, Data: verdict.Document})
			for _, o := range decode(docs) {
				if home := homes[key(o)]; home != nil {
					compiled++
					home.compileWith(t, verdict.ID, o)
				}
			}
		}
	}
	t.Logf("%d documents compiled", compiled)
}

// An oracleHome is a mesh of the oracle and its proxies.
type oracleHome struct {
	objects []*config.Object
	proxies []mesh.Proxy
}

func key(o *config.Object) string { return fmt.Sprint(o.Kind, o.Namespace, "/", o.Name) }

func decode(docs []*source.Document) []*config.Object {
	objects, _, _ := config.Decode(docs, "default")
	return objects
}

// oracleHomes finds the mesh that each object of the oracle lives in.
func oracleHomes(t *testing.T, folder string) map[string]*oracleHome {
	homes := map[string]*oracleHome{}
	cases, _ := filepath.Glob(filepath.Join(folder, "cases", "*", "proxies.json"))
	for _, file := range cases {
		in, _ := source.Read([]string{filepath.Join(filepath.Dir(file), "mesh.yaml")}, source.Options{})
		home := &oracleHome{objects: decode(in.Documents), proxies: oracleProxies(t, file)}
		for _, o := range home.objects {
			homes[key(o)] = home
		}
	}
	return homes
}

// compileWith compiles every proxy of the mesh with one object in the place of its namesake.
func (h *oracleHome) compileWith(t *testing.T, id string, o *config.Object) {
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: %v", id, r)
		}
	}()
	objects := slices.Clone(h.objects)
	i := slices.IndexFunc(objects, func(x *config.Object) bool { return key(x) == key(o) })
	objects[i] = o
	m, _ := mesh.Build(objects, mesh.Settings{})
	for _, p := range h.proxies {
		New(m.View(p)).Snapshot()
	}
}
