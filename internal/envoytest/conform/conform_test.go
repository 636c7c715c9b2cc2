package main

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/callgen"
	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
	"sem.example/internal/realenvoy"
	"sem.example/internal/realenvoy/upstream"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// TestConform holds the traces of some examples against Envoy with calls made out of their configuration. It is the
// short form of "make conform".
func TestConform(t *testing.T) {
	path := envoytest.Required(t)
	tests, _ := source.FindTests([]string{"../../../examples"})
	if len(tests) == 0 {
		t.Fatal("no examples")
	}
	var folders []string
	for _, name := range tests {
		folders = append(folders, filepath.Dir(name))
	}
	r, err := conform(t.Context(), options{envoy: path, seed: 1, limit: 40}, folders)
	if err != nil {
		t.Fatal(err)
	}
	if !r.agrees() {
		var out strings.Builder
		r.listDisagreements(&out)
		t.Error(out.String())
	}
}

var random = flag.Uint64("random", 3, "how many meshes to generate")

// TestRandomMeshes does so for meshes that nobody thought of.
func TestRandomMeshes(t *testing.T) {
	r, err := conform(t.Context(), options{envoy: envoytest.Required(t), seed: 1, first: 1, limit: 30, random: *random}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.agrees() {
		var out strings.Builder
		r.listDisagreements(&out)
		t.Error(out.String())
	}
}

// TestScenarios sends the calls of archives, each of which was found by a disagreement, through Envoy: more than once,
// because Envoy chooses at random.
func TestScenarios(t *testing.T) {
	path := envoytest.Required(t)
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	worlds, err := options{}.worldsOf(archives)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range proxiesOf(worlds) {
		t.Run(s.name+"/"+s.proxy.Name, func(t *testing.T) {
			compiler, err := s.Compile(s.proxy)
			if err != nil {
				t.Fatal(err)
			}
			var r result
			snapshot := compiler.Snapshot()
			calls := slices.Repeat(s.own(), 10)
			if err := r.compare(t.Context(), options{envoy: path}, calls, snapshot, simulate.New(envoy.NewIndex(snapshot))); err != nil {
				t.Fatal(err)
			}
			for _, d := range r.disagreements {
				t.Error(describe(d.call), strings.Join(d.differences, "; "))
			}
		})
	}
}

// A simulator that reads other resources than Envoy runs must be found out.
func TestConformFindsMistakes(t *testing.T) {
	path := envoytest.Required(t)
	w, err := options{}.worldOf("../../../examples/redirect-to-external")
	if err != nil {
		t.Fatal(err)
	}
	compiler, err := w.Compile(w.proxies[0])
	if err != nil {
		t.Fatal(err)
	}
	s := compiler.Snapshot()
	calls := callgen.Calls(s, w.proxies[0], 1, 60)
	changes := map[string]func(proto.Message){
		"another path": func(m proto.Message) {
			onAction(m, func(a *routev3.RouteAction) { a.RegexRewrite, a.PrefixRewrite = nil, "" })
		},
		"another authority": func(m proto.Message) { onAction(m, func(a *routev3.RouteAction) { a.HostRewriteSpecifier = nil }) },
		"another cluster": func(m proto.Message) {
			onAction(m, func(a *routev3.RouteAction) {
				a.ClusterSpecifier = &routev3.RouteAction_Cluster{Cluster: "PassthroughCluster"}
			})
		},
		"no TLS": func(m proto.Message) {
			if c, ok := m.(*clusterv3.Cluster); ok {
				c.TransportSocket = nil
			}
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			var r result
			engine := simulate.New(envoy.NewIndex(edited(s, change)))
			if err := r.compare(t.Context(), options{envoy: path}, calls, s, engine); err != nil {
				t.Fatal(err)
			}
			if len(r.disagreements) == 0 || r.agree == 0 {
				t.Errorf("%d of %d calls agree, want some that do and some that do not", r.agree, r.calls)
			}
		})
	}
}

// A disagreement that was planted is shrunk to the documents and the call that it takes.
func TestShrink(t *testing.T) {
	o := options{envoy: envoytest.Required(t), seed: 1, limit: 40, altered: func(s *envoy.Snapshot) *envoy.Snapshot {
		return edited(s, func(m proto.Message) {
			onAction(m, func(a *routev3.RouteAction) { a.RegexRewrite, a.PrefixRewrite = nil, "" })
		})
	}}
	r, err := conform(t.Context(), o, []string{"../../../examples/redirect-to-external"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := r.shrink(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(archives) != 1 {
		t.Fatal(archives, err)
	}
	w, err := options{}.worldOf(archives[0])
	if err != nil {
		t.Fatal(err)
	}
	if n := len(w.Input.Documents); n > 3 {
		t.Errorf("%d documents are left", n)
	}
	text, err := os.ReadFile(archives[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"path: trace", "kind: VirtualService", "rewrite:", "calls.jsonl"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in the archive", want)
		}
	}
	if t.Failed() {
		t.Logf("%s", text)
	}
}

func onAction(m proto.Message, change func(*routev3.RouteAction)) {
	if a, ok := m.(*routev3.RouteAction); ok {
		change(a)
	}
}

// edited is a copy of a snapshot with changed routes and clusters.
func edited(s *envoy.Snapshot, change func(proto.Message)) *envoy.Snapshot {
	out := &envoy.Snapshot{Listeners: s.Listeners, Endpoints: s.Endpoints}
	for _, r := range s.Routes {
		r = proto.Clone(r).(*routev3.RouteConfiguration)
		envoy.Edit(r, change)
		out.Routes = append(out.Routes, r)
	}
	for _, c := range s.Clusters {
		c = proto.Clone(c).(*clusterv3.Cluster)
		envoy.Edit(c, change)
		out.Clusters = append(out.Clusters, c)
	}
	return out
}

func TestReport(t *testing.T) {
	one := result{mesh: "shop", proxy: "shop/web"}
	one.add(simulate.Call{Direction: "outbound", TLS: "plaintext", Protocol: "http", Method: "GET", URL: "http://web/", Address: "10.0.0.1", Port: 80, Headers: map[string][]string{"x": {"1"}}},
		realenvoy.Observation{ResponseFlags: "UH", Status: 503}, []string{"status: trace 0, Envoy 503"})
	one.add(simulate.Call{Direction: "outbound", TLS: "plaintext", Protocol: "tcp", Address: "10.0.0.1", Port: 80}, realenvoy.Observation{Upstream: &upstream.Received{}}, nil)
	r := &report{options: options{seed: 1, limit: 2}, results: []result{one, {mesh: "shop", proxy: "shop/late", trouble: "not run: out of time"}}}
	var out strings.Builder
	if err := r.write(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"**1 of 2 requests agree**, to 2 proxies.",
		"| failed with UH | 1 |",
		"| shop | shop/web | 1 | 2 |",
		"- shop shop/web: `outbound plaintext http GET http://web/ to 10.0.0.1:80 x=\"1\"`\n  - status: trace 0, Envoy 503\n",
		"- shop shop/late: not compared to the end: not run: out of time\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not hold %q:\n%s", want, out.String())
		}
	}
	if r.agrees() {
		t.Error("a report with a disagreement agrees")
	}
}
