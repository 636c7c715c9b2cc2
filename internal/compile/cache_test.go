package compile

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// Whatever proxies come before it, a proxy of a cache has the resources and origins that it has alone.
func TestCache(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("testdata", "scenario", "*.txtar"))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compareShared(t, compiletest.Mesh(t, ar))
		})
	}
	cases, _ := filepath.Glob(filepath.Join(os.Getenv("SEM_ORACLE"), "cases", "*"))
	for _, dir := range cases {
		t.Run(filepath.Base(dir), func(t *testing.T) { compareShared(t, oracleMesh(t, dir)) })
	}
}

// compareShared compiles for many proxies with sharing and without. All of them begin to share before anything is built, and
// build their resources in turns, so many learn late by what they differ.
func compareShared(t *testing.T, m *mesh.Mesh) {
	t.Helper()
	var cache Cache
	proxies := crowd(m)
	compilers := make([]*Compiler, len(proxies))
	for i, p := range proxies {
		compilers[i] = cache.Compiler(m.View(p))
	}
	for turn, name := range append(compilers[0].clusterNames(), "") {
		for i := range compilers {
			c := compilers[(i+turn)%len(compilers)]
			c.Endpoints(name)
			c.Cluster(name)
			c.ListenersOn(uint32(80 + turn))
		}
	}
	for i, p := range proxies {
		want, got := New(m.View(p)).Snapshot(), compilers[i].Snapshot()
		if diff := cmp.Diff(texts(want), texts(got)); diff != "" {
			t.Fatalf("%+v: %s", p, diff)
		}
		for at, origins := range want.Origins {
			for _, found := range [][]envoy.Origin{compilers[i].OriginsOf(at), got.Origins[at]} {
				if fmt.Sprint(found) != fmt.Sprint(origins) {
					t.Fatalf("%+v: %s: %v, alone %v", p, at, found, origins)
				}
			}
		}
	}
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
		add(func(p *mesh.Proxy) { p.Locality = "eu/a/1" })
		add(func(p *mesh.Proxy) { p.DNSCapture = true })
		add(func(p *mesh.Proxy) { p.Labels = map[string]string{"nobody-asks": "for this"} })
		add(func(p *mesh.Proxy) { p.Labels = map[string]string{"rack": "7", "tier": "gold"} })
		add(func(p *mesh.Proxy) { p.IPs = []netip.Addr{netip.MustParseAddr("10.1.0.1")} })
		add(func(p *mesh.Proxy) { p.Metadata = map[string]string{"HTTP10": "1"} })
		add(func(p *mesh.Proxy) { p.Metadata = map[string]string{"INTERCEPTION_MODE": "NONE"} })
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

// Proxies share what is built where they agree in what was read, and only there.
func TestSharing(t *testing.T) {
	m := meshOf(smallMesh)
	var cache Cache
	compile := func(ns string, labels map[string]string) *Compiler {
		return cache.Compiler(m.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: ns, Name: ns, Labels: labels}))
	}
	first := compile("one", map[string]string{"app": "api"})
	first.Snapshot()
	for _, test := range []struct {
		ns     string
		labels map[string]string
		same   bool
	}{
		{"two", map[string]string{"app": "web"}, true},
		{"two", map[string]string{"tier": "gold"}, false},
		{"two", map[string]string{"tier": "silver"}, true},
		{"two", map[string]string{"rack": "7"}, false},
		{"two", nil, false},
		{"special", map[string]string{"app": "web"}, false},
	} {
		if got := compile(test.ns, test.labels).common.Reads() == first.common.Reads(); got != test.same {
			t.Errorf("%s %v: shares %v", test.ns, test.labels, got)
		}
	}
}

// Whatever a proxy can differ by is noticed.
func TestCacheOfDifferences(t *testing.T) { compareShared(t, meshOf(smallMesh+differences)) }

func meshOf(text string) *mesh.Mesh {
	docs, _ := source.Parse(&source.File{Name: "mesh.yaml", Data: []byte(text)})
	objects, _, _ := config.Decode(docs, "default")
	m, _ := mesh.Build(objects, mesh.Settings{})
	return m
}

const smallMesh = `apiVersion: networking.istio.io/v1
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
`

// differences ask a proxy for its locality, network, node, addresses and namespace.
const differences = `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: far, namespace: shop}
spec:
  hosts: [far.example]
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 81, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 192.0.2.3, locality: eu/a/1, network: far}, {address: 192.0.2.4, locality: us/b/2, network: near}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: far, namespace: shop}
spec: {host: far.example, trafficPolicy: {outlierDetection: {}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: far, namespace: home}
spec: {host: far.example, trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}}
---
apiVersion: v1
kind: Service
metadata: {name: agent, namespace: shop}
spec: {clusterIP: 10.0.0.9, internalTrafficPolicy: Local, selector: {app: agent}, ports: [{name: tcp, port: 90}]}
---
apiVersion: v1
kind: Pod
metadata: {name: agent-1, namespace: shop, labels: {app: agent}}
spec: {nodeName: node-1}
status: {podIP: 10.1.0.1, phase: Running, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Service
metadata: {name: eastwest, namespace: shop, labels: {topology.istio.io/network: near}}
spec: {type: LoadBalancer, clusterIP: 10.0.0.8, selector: {istio: eastwest}, ports: [{name: tls, port: 15443}]}
status: {loadBalancer: {ingress: [{ip: 198.51.100.1}]}}
---
apiVersion: v1
kind: Service
metadata: {name: headless, namespace: shop}
spec: {clusterIP: None, selector: {app: agent}, ports: [{name: tcp, port: 91}]}
`
