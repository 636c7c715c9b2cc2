package compile

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// Whatever proxies come before it, a proxy of a family has the resources and origins that it has alone.
func TestFamily(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("testdata", "scenario", "*.txtar"))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			family(t, compiletest.Mesh(t, ar))
		})
	}
	cases, _ := filepath.Glob(filepath.Join(os.Getenv("SEM_ORACLE"), "cases", "*"))
	for _, dir := range cases {
		t.Run(filepath.Base(dir), func(t *testing.T) { family(t, oracleMesh(t, dir)) })
	}
}

func family(t *testing.T, m *mesh.Mesh) {
	t.Helper()
	var f Family
	var alive []*Compiler
	for _, p := range crowd(m) {
		c := f.Compiler(m.View(p))
		alive = append(alive, c)
		want := New(m.View(p)).Snapshot()
		if diff := cmp.Diff(texts(want), texts(c.Snapshot())); diff != "" {
			t.Fatalf("%+v: %s", p, diff)
		}
		for at, origins := range want.Origins {
			if got := c.OriginsOf(at); fmt.Sprint(got) != fmt.Sprint(origins) {
				t.Fatalf("%+v: %s: %v, alone %v", p, at, got, origins)
			}
		}
	}
	runtime.KeepAlive(alive) // a kin lives as long as a compiler that uses it
}

// texts are the resources of a snapshot, a text each.
func texts(s *envoy.Snapshot) []string {
	var out []string
	for _, l := range s.Listeners {
		out = append(out, l.String())
	}
	for _, r := range s.Routes {
		out = append(out, r.String())
	}
	for _, c := range s.Clusters {
		out = append(out, c.String())
	}
	for _, e := range s.Endpoints {
		out = append(out, e.String())
	}
	return out
}

// crowd are sidecars that differ in one thing each: namespace, labels, addresses, node, place, network, DNS.
func crowd(m *mesh.Mesh) []mesh.Proxy {
	var out []mesh.Proxy
	for _, ns := range append(m.Namespaces(), "elsewhere") {
		plain := mesh.Proxy{Type: mesh.Sidecar, Namespace: ns, Name: "client"}
		add := func(change func(p *mesh.Proxy)) {
			p := plain
			change(&p)
			out = append(out, p)
		}
		add(func(p *mesh.Proxy) {})
		add(func(p *mesh.Proxy) { p.Locality, p.DNSCapture = "eu/a/1", true })
		add(func(p *mesh.Proxy) { p.Labels = map[string]string{"nobody-asks": "for this"} })
		add(func(p *mesh.Proxy) { p.Network = "far" })
		add(func(p *mesh.Proxy) { p.Node = "node-1" })
		add(func(p *mesh.Proxy) {
			p.IPs = []netip.Addr{netip.MustParseAddr("fd00::7"), netip.MustParseAddr("10.0.0.7")}
		})
		add(func(p *mesh.Proxy) { p.IPs = []netip.Addr{netip.MustParseAddr("fd00::7")} })
		for _, kind := range []string{"Pod", "WorkloadEntry"} {
			for i, o := range m.Objects(kind) {
				if o.Namespace == ns && i < 4 {
					known, _ := m.Proxy(mesh.Proxy{Type: mesh.Sidecar, Namespace: ns, Name: o.Name})
					out = append(out, known)
				}
			}
		}
	}
	return out
}

// What the mesh asks of clients keeps them apart; what it does not, does not.
func TestArchetype(t *testing.T) {
	docs, _ := source.Parse(&source.File{Name: "mesh.yaml", Data: []byte(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 192.0.2.1, labels: {rack: "7"}}, {address: 192.0.2.2}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example]
  http:
  - {match: [{sourceLabels: {tier: gold}}], timeout: 1s, route: [{destination: {host: api.example}}]}
  - {match: [{sourceNamespace: special}], timeout: 2s, route: [{destination: {host: api.example}}]}
  - {route: [{destination: {host: api.example}}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example, trafficPolicy: {outlierDetection: {}, loadBalancer: {localityLbSetting: {failoverPriority: [rack]}}}}
`)})
	objects, _, _ := config.Decode(docs, "default")
	m, _ := mesh.Build(objects, mesh.Settings{})
	key := func(ns string, labels map[string]string) string {
		return m.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: ns, Name: ns, Labels: labels}).Archetype().Key
	}
	plain := key("one", map[string]string{"app": "api"})
	for name, same := range map[string]bool{
		key("two", map[string]string{"app": "web"}):     true,
		key("two", map[string]string{"tier": "gold"}):   false,
		key("two", map[string]string{"tier": "silver"}): false,
		key("two", map[string]string{"rack": "7"}):      false,
		key("two", nil): false,
		key("special", map[string]string{"app": "web"}): false,
	} {
		if (name == plain) != same {
			t.Errorf("%s and %s", plain, name)
		}
	}
	family(t, m)
}
