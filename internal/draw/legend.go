package draw

import (
	"slices"

	"sem.example/internal/graph"
)

// An entry of the legend is what a colour is for.
type entry struct{ color, text string }

// entries are the colours that the picture has.
func (p *picture) entries() []entry {
	var out []entry
	add := func(e entry) {
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	for i := range p.graph.Nodes {
		n := &p.graph.Nodes[i]
		add(entry{string(n.Kind), kindWords[n.Kind]})
	}
	for i := range p.graph.Edges {
		if color := line(&p.graph.Edges[i]); color != "way" {
			add(entry{color, map[string]string{"secure": "→ TLS", "fails": "→ fails"}[color]})
		}
	}
	for i := range p.graph.Nodes {
		if s := p.graph.Nodes[i].Severity(); s != "" {
			add(entry{s, s})
		}
	}
	return out
}

var kindWords = map[graph.Kind]string{
	graph.Outside: "outside", graph.Client: "client", graph.Gateway: "gateway", graph.Host: "host", graph.Rule: "rule",
	graph.Subset: "destination", graph.Workload: "workload", graph.External: "host outside",
}

func (p *picture) legendWidth() float64 {
	w := 0.0
	for _, e := range p.entries() {
		w += 30 + p.measure.text(e.text, lineSize, false)
	}
	return w
}

func (p *picture) legend(c canvas) {
	x, y := margin, p.head+p.layout.height+8
	for _, e := range p.entries() {
		c.rect(x, y-8, 9, 9, 2, e.color, "")
		c.text(x+14, y, lineSize, false, "faint", e.text)
		x += 30 + p.measure.text(e.text, lineSize, false)
	}
}
