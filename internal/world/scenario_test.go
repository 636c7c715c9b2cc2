package world_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/config"
	"sem.example/internal/source"
	"sem.example/internal/world"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestScenarios completes each archive in testdata and compares what the world has and assumes. An archive holds in.yaml,
// perhaps a file "stated" with one statement a line, and the sections out/objects and out/assumed.
func TestScenarios(t *testing.T) {
	paths, _ := filepath.Glob("testdata/*.txtar")
	if len(paths) == 0 {
		t.Fatal("no scenarios")
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { runScenario(t, path) })
	}
}

func runScenario(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in, files := &txtar.Archive{Comment: archive.Comment}, map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
		if !strings.HasPrefix(f.Name, "out/") {
			in.Files = append(in.Files, f)
		}
	}
	objects, stated := decode(t, files["in.yaml"]), parseStated(t, files["stated"])
	w := world.Complete(objects, world.Options{Stated: stated})
	got := map[string]string{"out/objects": printObjects(w, objects), "out/assumed": printAssumed(w)}
	if *update {
		for _, name := range []string{"out/objects", "out/assumed"} {
			in.Files = append(in.Files, txtar.File{Name: name, Data: []byte(got[name])})
		}
		if err := os.WriteFile(path, txtar.Format(in), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for name, text := range got {
		if diff := cmp.Diff(files[name], text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func decode(t *testing.T, text string) []*config.Object {
	t.Helper()
	in, problems := source.Read([]string{"-"}, source.Options{Stdin: strings.NewReader(text)})
	objects, _, found := config.Decode(in.Documents, "default")
	if len(problems) > 0 || len(found) > 0 {
		t.Fatal(problems, found)
	}
	return objects
}

func parseStated(t *testing.T, text string) []world.Stated {
	t.Helper()
	var out []world.Stated
	for line := range strings.Lines(text) {
		s, err := world.ParseStated(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// printObjects writes a line for each Service and Pod that was completed or added.
func printObjects(w *world.World, objects []*config.Object) string {
	var out bytes.Buffer
	for i, o := range w.Objects {
		if i < len(objects) && objects[i] == o {
			continue
		}
		from := w.Origin(o)
		fmt.Fprintf(&out, "%s %s/%s", o.Kind, o.Namespace, o.Name)
		if from.Kind != o.Kind {
			fmt.Fprintf(&out, " of %s %s", from.Kind, from.Name)
		}
		switch spec := o.Spec.(type) {
		case *config.Service:
			fmt.Fprintf(&out, " at %s", strings.Join(spec.Spec.ClusterIPs, ", "))
			if from.Kind != o.Kind {
				fmt.Fprintf(&out, ", type %s, selector %s, ports", spec.Spec.Type, strings.TrimPrefix(fmt.Sprint(spec.Spec.Selector), "map"))
				for _, p := range spec.Spec.Ports {
					fmt.Fprintf(&out, " %s:%d", p.Name, p.Port)
					if p.TargetPort.Number != 0 {
						fmt.Fprintf(&out, "->%d", p.TargetPort.Number)
					}
				}
			}
		case *config.Pod:
			p, _ := w.Proxy(o.Namespace, o.Name)
			fmt.Fprintf(&out, " at %s, account %s, proxy %s, labels %s", spec.Status.PodIP, spec.Spec.ServiceAccountName, p.Presence, strings.TrimPrefix(fmt.Sprint(o.Labels), "map"))
		}
		fmt.Fprintln(&out)
	}
	return out.String()
}

func printAssumed(w *world.World) string {
	var out bytes.Buffer
	for _, a := range w.Assumptions {
		fmt.Fprintf(&out, "%s: %s: %s\n", a.What, a.Message, a.Because)
	}
	return out.String()
}
