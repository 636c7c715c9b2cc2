package graph

import (
	"fmt"
	"slices"
	"strings"
)

// Focus leaves what the requests through some nodes touch: the nodes of a name, and those before and behind them, at most depth
// edges away; 0 is any. A name is that of a host, workload, gateway, client or resource, with or without its namespace. The error
// is for a name that no node has.
func (g *Graph) Focus(name string, depth int) error {
	start := g.those(name, (*Node).named)
	if len(start) == 0 {
		start = g.those(name, (*Node).written)
	}
	if len(start) == 0 {
		return fmt.Errorf("no host, workload, gateway, client or resource in the picture is named %q", name)
	}
	keep := map[string]bool{}
	for _, forward := range []bool{true, false} {
		for id := range g.reach(start, depth, forward) {
			keep[id] = true
		}
	}
	left := len(g.Nodes)
	g.Nodes = slices.DeleteFunc(g.Nodes, func(n Node) bool { return !keep[n.ID] })
	g.Edges = slices.DeleteFunc(g.Edges, func(e Edge) bool { return !keep[e.From] || !keep[e.To] })
	if left -= len(g.Nodes); left > 0 {
		g.Notes = append(g.Notes, "not shown: "+counted(left, "node")+" that "+name+" does not touch")
	}
	return nil
}

// those returns the nodes that a name stands for.
func (g *Graph) those(name string, is func(*Node, string) bool) []string {
	var out []string
	for i := range g.Nodes {
		if is(&g.Nodes[i], name) {
			out = append(out, g.Nodes[i].ID)
		}
	}
	return out
}

// written reports whether a name is that of a resource behind a node.
func (n *Node) written(name string) bool {
	return slices.ContainsFunc(n.About, func(r Resource) bool {
		return strings.EqualFold(r.Name, name) || strings.EqualFold(r.Namespace+"/"+r.Name, name)
	})
}

// reach returns the nodes that edges lead to from some nodes, in one direction.
func (g *Graph) reach(start []string, depth int, forward bool) map[string]bool {
	reached := map[string]bool{}
	for _, id := range start {
		reached[id] = true
	}
	for n := 0; len(start) > 0 && (depth == 0 || n < depth); n++ {
		var next []string
		for _, e := range g.Edges {
			from, to := e.From, e.To
			if !forward {
				from, to = to, from
			}
			if slices.Contains(start, from) && !reached[to] {
				reached[to] = true
				next = append(next, to)
			}
		}
		start = next
	}
	return reached
}

// named reports whether a name is that of a node.
func (n *Node) named(name string) bool {
	same := func(s string) bool { return strings.EqualFold(s, name) }
	bare, _, _ := strings.Cut(n.Name, ":")
	if same(n.Name) || same(bare) || n.Namespace != "" && same(n.Namespace+"/"+bare) || slices.ContainsFunc(n.Members, same) {
		return true
	}
	for _, line := range n.Lines {
		if n.Kind == Host && same(line) {
			return true
		}
	}
	return slices.ContainsFunc(n.Members, func(m string) bool {
		_, base, ok := strings.Cut(m, "/")
		return ok && same(base)
	})
}
