package draw

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"sem.example/internal/graph"
)

// mesh is a graph of namespaces with hosts, each with a rule, two workloads and a host outside; one edge leads back.
func mesh(namespaces, hosts int) *graph.Graph {
	g := &graph.Graph{Title: "mesh", Nodes: []graph.Node{{ID: "c", Kind: graph.Client, Name: "clients"}}, Notes: []string{strings.Repeat("a note ", 60)}}
	edge := func(from, to, tls string) {
		g.Edges = append(g.Edges, graph.Edge{From: from, To: to, TLS: tls, Share: 0.5})
	}
	for n := range namespaces {
		ns := fmt.Sprintf("ns-%d", n)
		for h := range hosts {
			id := fmt.Sprintf("%s-%d", ns, h)
			add := func(kind graph.Kind, name string) string {
				g.Nodes = append(g.Nodes, graph.Node{ID: id + name, Kind: kind, Namespace: ns, Name: id + name, Lines: []string{"a line", strings.Repeat("long", 30)}})
				return id + name
			}
			host, rule, a, b, out := add(graph.Host, "host"), add(graph.Rule, "rule"), add(graph.Workload, "a"), add(graph.Workload, "b"), add(graph.External, "out")
			edge("c", host, "")
			edge(host, rule, "")
			edge(rule, a, "ISTIO_MUTUAL")
			edge(host, b, "ISTIO_MUTUAL")
			edge(rule, out, "SIMPLE")
			if h == 0 {
				edge(a, rule, "")
			}
		}
	}
	return g
}

// No two nodes overlap, each is in the frame of its namespace, and no frames overlap, few nodes or many.
func TestLayout(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 3}, {8, 5}} {
		p := newPicture(mesh(size[0], size[1]))
		for i, a := range p.boxes {
			if a.x < 0 || a.y < 0 || a.node != nil && a.x+a.w > p.width || a.y+a.h > p.layout.height {
				t.Errorf("%v: box %d is outside: %+v", size, i, a)
			}
			for _, b := range p.boxes[:i] {
				if a.rank == b.rank && a.y < b.y+b.h-0.01 && b.y < a.y+a.h-0.01 {
					t.Errorf("%v: boxes overlap: %+v %+v", size, a, b)
				}
			}
			for _, l := range p.lanes {
				inside := a.x >= l.x && a.x+a.w <= l.x+l.w && a.y >= l.y && a.y+a.h <= l.y+l.h
				if a.node != nil && inside != (a.lane == l.name) {
					t.Errorf("%v: node %s and the frame of %s", size, a.node.ID, l.name)
				}
			}
		}
		for i, a := range p.lanes {
			if i > 0 && a.y < p.lanes[i-1].y+p.lanes[i-1].h {
				t.Errorf("%v: frames overlap", size)
			}
		}
	}
}

// Texts stay within their nodes.
func TestTextWidth(t *testing.T) {
	p := newPicture(mesh(1, 2))
	for _, b := range p.boxes {
		if b.node == nil {
			continue
		}
		for _, line := range lines(b.node) {
			if w := p.measure.text(short(line, longestLine), lineSize, false); w > b.w-nodePad-stripe {
				t.Errorf("%q is %v wide in a node of %v", line, w, b.w)
			}
		}
	}
}

// The same graph is the same picture.
func TestStable(t *testing.T) {
	var first string
	for range 3 {
		var b bytes.Buffer
		if err := SVG(&b, mesh(3, 3), Look{}); err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = b.String()
		}
		if b.String() != first {
			t.Fatal("the second picture is another one")
		}
	}
	for _, theme := range []string{"", "light", "dark"} {
		if got := strings.Count(Style(theme), "prefers-color-scheme"); (got == 1) != (theme == "") {
			t.Errorf("theme %q: %d media queries", theme, got)
		}
	}
}

// A PNG has its theme as background, and is not larger than it may be.
func TestPNG(t *testing.T) {
	for theme, want := range map[string]uint32{"": 0xffff, "dark": 0x0f0f} {
		var b bytes.Buffer
		if err := PNG(&b, mesh(1, 1), Look{Theme: theme}); err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		if red, _, _, _ := m.At(0, 0).RGBA(); red != want {
			t.Errorf("theme %q: red of the background is %x", theme, red)
		}
	}
	p := newPicture(mesh(8, 40))
	if s := min(scale, largest/p.height); p.height*s > largest+1 {
		t.Errorf("%v dots", p.height*s)
	}
}
