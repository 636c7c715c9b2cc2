package mesh

import (
	"bytes"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestScenarios builds the mesh of each archive in testdata and compares what it and its proxies see. An archive holds
// mesh.yaml, perhaps settings.yaml, a file "proxies" with one proxy a line, and the sections out/mesh and out/NAME.
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
	in, want := &txtar.Archive{Comment: archive.Comment}, map[string]string{}
	files := map[string][]byte{}
	for _, f := range archive.Files {
		if strings.HasPrefix(f.Name, "out/") {
			want[f.Name] = string(f.Data)
		} else {
			in.Files = append(in.Files, f)
			files[f.Name] = f.Data
		}
	}
	m := buildYAML(t, files["mesh.yaml"], files["settings.yaml"])
	compareScopes(t, m, buildYAML(t, files["mesh.yaml"], files["settings.yaml"]))
	var out bytes.Buffer
	if err := m.Dump(&out); err != nil {
		t.Fatal(err)
	}
	got := []txtar.File{{Name: "out/mesh", Data: out.Bytes()}}
	for _, line := range strings.Split(strings.TrimSpace(string(files["proxies"])), "\n") {
		if line == "" {
			continue
		}
		var view bytes.Buffer
		p, _ := m.Proxy(parseProxy(t, line))
		if err := m.View(p).Dump(&view); err != nil {
			t.Fatal(err)
		}
		got = append(got, txtar.File{Name: "out/" + p.Name, Data: view.Bytes()})
	}
	if *update {
		in.Files = append(in.Files, got...)
		if err := os.WriteFile(path, txtar.Format(in), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, f := range got {
		if diff := cmp.Diff(want[f.Name], string(f.Data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
		delete(want, f.Name)
	}
	for name := range want {
		t.Errorf("%s is no longer written", name)
	}
}

// buildYAML builds a mesh of documents and settings.
func buildYAML(t testing.TB, documents, settings []byte) *Mesh {
	t.Helper()
	s, _, found := ReadSettings(parseYAML(t, "settings.yaml", settings))
	noFindings(t, found)
	objects, _, found := config.Decode(parseYAML(t, "mesh.yaml", documents), "default")
	noFindings(t, found)
	m, found := Build(objects, s)
	noFindings(t, found)
	return m
}

func parseYAML(t testing.TB, name string, data []byte) []*source.Document {
	t.Helper()
	if len(data) == 0 {
		return nil
	}
	docs, problems := source.Parse(&source.File{Name: name, Data: data})
	for _, p := range problems {
		t.Fatalf("%s:%d: %s", name, p.Range.Line, p.Message)
	}
	return docs
}

func noFindings(t testing.TB, found diag.List) {
	t.Helper()
	for _, d := range found {
		t.Fatalf("line %d: %s", d.At.Range().Line, d.Message)
	}
}

// parseProxy reads "sidecar namespace/name label=value ip=… locality=… network=… account=… dns".
func parseProxy(t testing.TB, line string) Proxy {
	t.Helper()
	words := strings.Fields(line)
	p := Proxy{Type: ProxyType(words[0])}
	p.Namespace, p.Name, _ = strings.Cut(words[1], "/")
	for _, word := range words[2:] {
		k, v, _ := strings.Cut(word, "=")
		switch k {
		case "ip":
			p.IPs = append(p.IPs, netip.MustParseAddr(v))
		case "locality":
			p.Locality = v
		case "network":
			p.Network = v
		case "account":
			p.ServiceAccount = v
		case "dns":
			p.DNSCapture = true
		default:
			if p.Labels == nil {
				p.Labels = map[string]string{}
			}
			p.Labels[k] = v
		}
	}
	return p
}
