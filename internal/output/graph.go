package output

import (
	"fmt"
	"html"
	"io"
	"strings"

	"sem.example/internal/draw"
	"sem.example/internal/graph"
)

// GraphFormats are the formats of a graph, by the name that users give them.
var GraphFormats = map[string]func(io.Writer, *graph.Graph, draw.Look) error{
	"svg":     func(w io.Writer, g *graph.Graph, look draw.Look) error { return draw.SVG(w, texts(g, Quote), look) },
	"png":     func(w io.Writer, g *graph.Graph, look draw.Look) error { return draw.PNG(w, texts(g, Quote), look) },
	"dot":     func(w io.Writer, g *graph.Graph, _ draw.Look) error { return dot(w, texts(g, Quote)) },
	"mermaid": func(w io.Writer, g *graph.Graph, _ draw.Look) error { return flowchart(w, texts(g, Quote)) },
	"json":    func(w io.Writer, g *graph.Graph, _ draw.Look) error { return JSON(w, g) },
}

// nodeTexts are the lines in a node.
func nodeTexts(n *graph.Node) []string {
	out := append([]string{n.Name}, n.Lines...)
	if n.Fails != "" {
		out = append(out, "✗ "+n.Fails)
	}
	for _, f := range n.Findings {
		out = append(out, f.Severity+" "+f.ID)
	}
	return out
}

// dot prints a graph for Graphviz. Texts are in double quotes, in which only a quote and a backslash mean anything.
func dot(w io.Writer, g *graph.Graph) error {
	var b strings.Builder
	b.WriteString("digraph sem {\n  rankdir=LR\n  node [shape=box style=\"rounded,filled\" fillcolor=white fontname=Helvetica fontsize=11]\n" +
		"  edge [fontname=Helvetica fontsize=10]\n")
	fmt.Fprintf(&b, "  label=%s\n", dotText(append([]string{g.Title}, g.Notes...)...))
	names := nodeNames(g)
	for i, lane := range namespaces(g) {
		indent := "  "
		if lane != "" {
			fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=%s\n    style=rounded color=gray\n", i, dotText(lane))
			indent = "    "
		}
		for j := range g.Nodes {
			if n := &g.Nodes[j]; framed(n) == lane {
				fmt.Fprintf(&b, "%s%s [label=%s%s]\n", indent, names[n.ID], dotText(nodeTexts(n)...), dotColor(n))
			}
		}
		if lane != "" {
			b.WriteString("  }\n")
		}
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		fmt.Fprintf(&b, "  %s -> %s [label=%s%s]\n", names[e.From], names[e.To], dotText(e.Labels()...), edgeColor(e))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// nodeNames are short names without anything of the input.
func nodeNames(g *graph.Graph) map[string]string {
	out := map[string]string{}
	for i := range g.Nodes {
		out[g.Nodes[i].ID] = fmt.Sprintf("n%d", i+1)
	}
	return out
}

// framed is the namespace whose frame a node is in, "" for what is outside the mesh.
func framed(n *graph.Node) string {
	if n.Kind == graph.Outside || n.Kind == graph.External {
		return ""
	}
	return n.Namespace
}

// namespaces are those of the nodes, in order of first use.
func namespaces(g *graph.Graph) []string {
	var out []string
	seen := map[string]bool{}
	for i := range g.Nodes {
		if ns := framed(&g.Nodes[i]); !seen[ns] {
			seen[ns] = true
			out = append(out, ns)
		}
	}
	return out
}

func dotText(lines ...string) string {
	quoted := make([]string, len(lines))
	for i, l := range lines {
		quoted[i] = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(l)
	}
	return `"` + strings.Join(quoted, `\n`) + `"`
}

func dotColor(n *graph.Node) string {
	switch {
	case n.Fails != "" || n.Severity() == "error":
		return " color=red"
	case n.Severity() == "warning":
		return " color=orange"
	case n.Unused:
		return " color=gray fontcolor=gray"
	}
	return ""
}

func edgeColor(e *graph.Edge) string {
	switch {
	case e.Fails != "":
		return " color=red style=dashed"
	case e.Encrypted():
		return " color=seagreen"
	}
	return ""
}

// flowchart prints a graph for Mermaid.
func flowchart(w io.Writer, g *graph.Graph) error {
	var b strings.Builder
	fmt.Fprintf(&b, "flowchart LR\n")
	for _, note := range append([]string{g.Title}, g.Notes...) {
		fmt.Fprintf(&b, "  %%%% %s\n", plain(note))
	}
	names := nodeNames(g)
	for i, ns := range namespaces(g) {
		indent := "  "
		if ns != "" {
			fmt.Fprintf(&b, "  subgraph ns%d[\"%s\"]\n", i, flowText(ns))
			indent = "    "
		}
		for j := range g.Nodes {
			if n := &g.Nodes[j]; framed(n) == ns {
				fmt.Fprintf(&b, "%s%s[\"%s\"]%s\n", indent, names[n.ID], flowText(nodeTexts(n)...), flowClass(n))
			}
		}
		if ns != "" {
			b.WriteString("  end\n")
		}
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		arrow := "-->"
		if e.Fails != "" {
			arrow = "-.->"
		}
		if labels := e.Labels(); len(labels) > 0 {
			arrow += `|"` + flowText(labels...) + `"|`
		}
		fmt.Fprintf(&b, "  %s %s %s\n", names[e.From], arrow, names[e.To])
	}
	b.WriteString("  classDef error stroke:#d3342c,stroke-width:2px\n  classDef warning stroke:#d98a00,stroke-width:2px\n  classDef unused stroke-dasharray:4 3\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func flowClass(n *graph.Node) string {
	switch {
	case n.Fails != "" || n.Severity() == "error":
		return ":::error"
	case n.Severity() == "warning":
		return ":::warning"
	case n.Unused:
		return ":::unused"
	}
	return ""
}

// flowText is texts in a node of Mermaid, below each other. What HTML and Markdown interpret becomes entities.
func flowText(lines ...string) string {
	quoted := make([]string, len(lines))
	for i, l := range lines {
		quoted[i] = flowMarkup.Replace(plain(html.UnescapeString(l)))
	}
	return strings.Join(quoted, "<br/>")
}

// flowMarkup is what Mermaid takes for Markdown in a node.
var flowMarkup = strings.NewReplacer("`", "#96;", "*", "#42;", "_", "#95;", "&", "#amp;", "::", ":#58;")
