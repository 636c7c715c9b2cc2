package compile

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// floors are the numbers of istiod's own resources that were equal when they were last raised. SEM_ORACLE names a folder
// of meshes with the resources that istiod makes of them; without it the test is skipped. With -v it prints what differs:
//
//	SEM_ORACLE=… go test ./internal/compile -v -run 'TestOracle/38-'
var floors = map[string]int{"listeners": 411, "routes": 161, "clusters": 713, "endpoints": 318}

func TestOracle(t *testing.T) {
	folder := os.Getenv("SEM_ORACLE")
	if folder == "" {
		t.Skip("SEM_ORACLE is not set")
	}
	cases, _ := filepath.Glob(filepath.Join(folder, "cases", "*", "proxies.json"))
	equal, total, ran := map[string]int{}, map[string]int{}, 0
	for _, file := range cases {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			ran++
			m := oracleMesh(t, dir)
			for _, p := range oracleProxies(t, file) {
				scoreProxy(t, m, p, filepath.Join(dir, p.Name+".xds.json"), equal, total)
			}
		})
	}
	for kind, floor := range floors {
		t.Logf("%s: %d of %d equal", kind, equal[kind], total[kind])
		if equal[kind] < floor && ran == len(cases) {
			t.Errorf("%s: %d equal, want at least %d", kind, equal[kind], floor)
		}
	}
}

func scoreProxy(t *testing.T, m *mesh.Mesh, p mesh.Proxy, file string, equal, total map[string]int) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		return
	}
	var want map[string][]any
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	got := resources(t, New(m.View(p)).Snapshot())
	for kind := range floors {
		for _, d := range compareKind(kind, got[kind], want[kind]) {
			total[kind]++
			if len(d.lines) == 0 {
				equal[kind]++
			}
			for i, line := range d.lines {
				if i < 12 {
					t.Logf("%s %s %s%s", p.Name, kind, d.name, line)
				}
			}
		}
	}
}

// resources turns a snapshot into plain JSON values by kind.
func resources(t *testing.T, s *envoy.Snapshot) map[string][]any {
	out := map[string][]any{}
	add := func(kind string, m proto.Message) {
		data, err := protojson.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		out[kind] = append(out[kind], v)
	}
	for _, l := range s.Listeners {
		add("listeners", l)
	}
	for _, r := range s.Routes {
		add("routes", r)
	}
	for _, c := range s.Clusters {
		add("clusters", c)
	}
	for _, e := range s.Endpoints {
		add("endpoints", e)
	}
	return out
}

func oracleMesh(t *testing.T, dir string) *mesh.Mesh {
	t.Helper()
	in, _ := source.Read([]string{filepath.Join(dir, "mesh.yaml")}, source.Options{})
	objects, _, _ := config.Decode(in.Documents, "default")
	settings := mesh.Settings{}
	if file := filepath.Join(dir, "meshconfig.yaml"); exists(file) {
		own, _ := source.Read([]string{file}, source.Options{})
		settings, _, _ = mesh.ReadSettings(own.Documents)
	}
	m, _ := mesh.Build(objects, settings)
	return m
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func oracleProxies(t *testing.T, file string) []mesh.Proxy {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var written []struct {
		Name, Type, Namespace, Locality, Network, ServiceAccount string
		Labels                                                   map[string]string
		IPs                                                      []netip.Addr
		DNSCapture                                               bool
	}
	if err := json.Unmarshal(data, &written); err != nil {
		t.Fatal(err)
	}
	var out []mesh.Proxy
	for _, w := range written {
		p := mesh.Proxy{Type: mesh.Sidecar, Namespace: "default", Name: w.Name, Labels: w.Labels, IPs: w.IPs,
			Locality: w.Locality, Network: w.Network, ServiceAccount: w.ServiceAccount, DNSCapture: w.DNSCapture}
		if w.Type == "router" {
			p.Type = mesh.Gateway
		}
		if w.Namespace != "" {
			p.Namespace = w.Namespace
		}
		out = append(out, p)
	}
	return out
}
