package graph

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
)

// text is a graph in lines: its nodes, its edges, its notes.
func text(g *Graph) string {
	var b strings.Builder
	for _, n := range g.Nodes {
		fmt.Fprintln(&b, strings.Join(slices.DeleteFunc(append([]string{string(n.Kind), n.Namespace, n.Name, n.Fails, n.Severity()}, n.Lines...), func(s string) bool { return s == "" }), " | "))
	}
	for _, e := range g.Edges {
		fmt.Fprintln(&b, strings.TrimSpace(g.node(e.From).Name+" → "+g.node(e.To).Name+" "+strings.Join(e.Labels(), ", ")))
	}
	for _, n := range g.Notes {
		fmt.Fprintln(&b, "#", n)
	}
	return b.String()
}

// built is the graph of a folder.
func built(t *testing.T, folder string) *Graph {
	t.Helper()
	w, err := pipeline.Load(pipeline.Options{Paths: []string{folder}})
	if err != nil {
		t.Fatal(err)
	}
	classes, err := pipeline.Classes(w, w)
	if err != nil {
		t.Fatal(err)
	}
	list, err := explain.Routes(w, diff.DefaultLimits, classes)
	if err != nil {
		t.Fatal(err)
	}
	return Build(w, "mesh", list)
}

func TestBuild(t *testing.T) {
	for name, want := range map[string]string{
		"redirect-to-external": `client | default | application
host | default | raw.githubusercontent.com:443 | ServiceEntry
host | default | webserver:80 | webserver.default.svc.cluster.local
rule | default | path matches ".*" | VirtualService webserver http[0].match[0] | path → /mcasperson/NodejsProxy/master/externalservice1.txt | host → raw.githubusercontent.com
external | raw.githubusercontent.com:443 | ServiceEntry default/github
application → raw.githubusercontent.com:443
application → webserver:80
raw.githubusercontent.com:443 → raw.githubusercontent.com:443 TLS, TLS mismatch
webserver:80 → path matches ".*"
path matches ".*" → raw.githubusercontent.com:443 TLS
# requests to hosts that are not in the registry are not shown: passthrough
`,
		"canary": `client | shop | 2 clients | reviews-v1 | reviews-v2
host | shop | reviews:80 | reviews.shop.svc.cluster.local
rule | shop | header x-tester is "yes" | VirtualService reviews http[0].match[0]
rule | shop | any request | VirtualService reviews http[1]
subset | shop | v1 | subset of reviews:80
subset | shop | v2 | subset of reviews:80
workload | shop | reviews-v1 | Pod
workload | shop | reviews-v2 | Pod
2 clients → reviews:80
reviews:80 → header x-tester is "yes"
reviews:80 → any request
header x-tester is "yes" → v2
any request → v1 90%
any request → v2 10%
v1 → reviews-v1 mutual TLS
v2 → reviews-v2 mutual TLS
# requests to hosts that are not in the registry are not shown: passthrough
`,
	} {
		if diff := cmp.Diff(want, text(built(t, "../../examples/"+name))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// star is a client that reaches hosts with a workload each.
func star(hosts int) *Graph {
	g := &Graph{Nodes: []Node{{ID: "c", Kind: Client, Name: "web"}}}
	for i := range hosts {
		h, w := fmt.Sprintf("h%d", i), fmt.Sprintf("w%d", i)
		g.Nodes = append(g.Nodes, Node{ID: h, Kind: Host, Namespace: "shop", Name: h + ":80"}, Node{ID: w, Kind: Workload, Namespace: "shop", Name: w})
		g.Edges = append(g.Edges, Edge{From: "c", To: h}, Edge{From: h, To: w})
	}
	return g
}

// Of many nodes that stand for others, the notes say how many.
func TestFoldNotes(t *testing.T) {
	g := &Graph{}
	for i := range 7 {
		g.Nodes = append(g.Nodes, star(5).Nodes[1:]...)
		for k := range g.Nodes[len(g.Nodes)-10:] {
			n := &g.Nodes[len(g.Nodes)-10+k]
			n.ID, n.Namespace = fmt.Sprint(i, n.ID), fmt.Sprint("n", i)
		}
	}
	g.Fold()
	if diff := cmp.Diff([]string{"alike, so shown together: 35 hosts as 7 nodes, 35 workloads as 7 nodes"}, g.Notes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFold(t *testing.T) {
	tests := map[string]struct {
		change func(*Graph)
		want   string
	}{
		"alike": {func(*Graph) {}, `client | web
host | shop | 5 hosts | h0:80 | h1:80 | h2:80 | and 2 more
workload | shop | 5 workloads | w0 | w1 | w2 | and 2 more
web → 5 hosts
5 hosts → 5 workloads
# shown as one: 5 hosts of namespace shop (h0:80, h1:80, h2:80, and 2 more)
# shown as one: 5 workloads of namespace shop (w0, w1, w2, and 2 more)
`},
		"one has a finding, and its host is unlike the others": {func(g *Graph) {
			g.node("w4").Findings = []Finding{{ID: "SEM100", Severity: "error"}}
		}, `client | web
host | shop | 4 hosts | h0:80 | h1:80 | h2:80 | and 1 more
workload | shop | 4 workloads | w0 | w1 | w2 | and 1 more
host | shop | h4:80
workload | shop | w4 | error
web → 4 hosts
4 hosts → 4 workloads
web → h4:80
h4:80 → w4
# shown as one: 4 hosts of namespace shop (h0:80, h1:80, h2:80, and 1 more)
# shown as one: 4 workloads of namespace shop (w0, w1, w2, and 1 more)
`},
	}
	for name, test := range tests {
		g := star(5)
		test.change(g)
		g.Fold()
		if diff := cmp.Diff(test.want, text(g)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFocus(t *testing.T) {
	for _, test := range []struct {
		name  string
		depth int
		want  string
	}{
		{"h1", 0, "web, h1:80, w1"},
		{"shop/w2", 1, "h2:80, w2"},
		{"web", 1, "web, h0:80, h1:80, h2:80"},
		{"h9", 0, ""},
	} {
		g := star(3)
		err := g.Focus(test.name, test.depth)
		var got []string
		for _, n := range g.Nodes {
			got = append(got, n.Name)
		}
		if (err == nil) != (test.want != "") || err == nil && strings.Join(got, ", ") != test.want {
			t.Errorf("%s: %v, %v", test.name, got, err)
		}
	}
}
