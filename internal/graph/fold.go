package graph

import (
	"fmt"
	"slices"
	"strings"
)

// foldFrom is how many nodes are alike before they are shown as one.
const foldFrom = 4

// maxNotes is how many nodes that stand for several are noted one by one. Each says by itself what it stands for.
const maxNotes = 6

// Fold shows nodes that are alike as one: nodes of one kind and namespace, with the same findings, that are connected in the same
// way to nodes that are alike. It notes what it folds.
func (g *Graph) Fold() {
	classes := g.classes()
	members := map[int][]int{}
	for i, c := range classes {
		members[c] = append(members[c], i)
	}
	renamed := map[string]string{}
	var nodes, folded []Node
	for i := range g.Nodes {
		class := members[classes[i]]
		first := class[0]
		switch {
		case len(class) < foldFrom:
			nodes = append(nodes, g.Nodes[i])
		case i == first:
			n := g.folded(class)
			nodes, folded = append(nodes, n), append(folded, n)
		}
		if len(class) >= foldFrom {
			renamed[g.Nodes[i].ID] = g.Nodes[first].ID
		}
	}
	g.Nodes = nodes
	g.Notes = append(g.Notes, foldNotes(folded)...)
	g.rewire(renamed)
}

// foldNotes say what nodes stand for: each of a few, all of many.
func foldNotes(folded []Node) []string {
	var notes []string
	if len(folded) <= maxNotes {
		for _, n := range folded {
			note := "shown as one: " + n.Name
			if n.Namespace != "" {
				note += " of namespace " + n.Namespace
			}
			notes = append(notes, note+" ("+strings.Join(n.Lines, ", ")+")")
		}
		return notes
	}
	for _, kind := range kinds {
		nodes, members := 0, 0
		for _, n := range folded {
			if n.Kind == kind {
				nodes, members = nodes+1, members+len(n.Members)
			}
		}
		if nodes > 0 {
			notes = append(notes, counted(members, plural[kind])+" as "+counted(nodes, "node"))
		}
	}
	return []string{"alike, so shown together: " + strings.Join(notes, ", ")}
}

// rewire makes edges lead to the nodes that are left.
func (g *Graph) rewire(renamed map[string]string) {
	seen := map[[2]string]bool{}
	var edges []Edge
	for _, e := range g.Edges {
		if id, ok := renamed[e.From]; ok {
			e.From = id
		}
		if id, ok := renamed[e.To]; ok {
			e.To = id
		}
		if key := [2]string{e.From, e.To}; !seen[key] {
			seen[key] = true
			edges = append(edges, e)
		}
	}
	g.Edges = edges
}

// folded is the node for several that are alike.
func (g *Graph) folded(class []int) Node {
	n := g.Nodes[class[0]]
	n.Members = nil
	n.About = nil
	for _, i := range class {
		n.Members = append(n.Members, g.Nodes[i].Name)
		n.About = append(n.About, g.Nodes[i].About...)
	}
	n.Name = counted(len(class), plural[n.Kind])
	n.Lines = some(n.Members, n.Namespace)
	n.Written = nil
	return n
}

// kinds are all kinds, in the order of a request's way.
var kinds = []Kind{Outside, Client, Gateway, Host, Rule, Subset, Workload, External}

var plural = map[Kind]string{
	Outside: "client", Client: "client", Gateway: "gateway", Host: "host", Rule: "rule", Subset: "subset", Workload: "workload", External: "external host",
}

// classes numbers the nodes so that those which are alike have the same number, by refining: nodes that differ in what they are
// connected with are split until none differ.
func (g *Graph) classes() []int {
	at := map[string]int{}
	keys := make([]string, len(g.Nodes))
	for i, n := range g.Nodes {
		at[n.ID] = i
		keys[i] = fmt.Sprint(n.Kind, "|", n.Namespace, "|", n.Fails, "|", n.Unused, "|", len(n.Members) > 0)
		for _, f := range n.Findings {
			keys[i] += "|" + f.ID
		}
		if n.Kind == Rule || n.Kind == Subset && len(n.Lines) > 0 {
			keys[i] += "|" + n.Name
		}
	}
	classes, count := numbered(keys)
	for {
		for i := range keys {
			keys[i] = fmt.Sprint(classes[i])
		}
		around := make([][]string, len(g.Nodes))
		for i := range g.Edges {
			e := &g.Edges[i]
			from, to, label := at[e.From], at[e.To], strings.Join(e.Labels(), ",")
			around[from] = append(around[from], fmt.Sprint(">", classes[to], label))
			around[to] = append(around[to], fmt.Sprint("<", classes[from], label, "|", sharedEnd(g, classes, from)))
		}
		for i, list := range around {
			slices.Sort(list)
			keys[i] += strings.Join(list, ";")
		}
		next, n := numbered(keys)
		if n == count {
			return next
		}
		classes, count = next, n
	}
}

// sharedEnd is the ID of a node that is alone in its class: only its identity says with whom nodes are connected.
func sharedEnd(g *Graph, classes []int, i int) string {
	n := 0
	for _, c := range classes {
		if c == classes[i] {
			n++
		}
	}
	if n == 1 {
		return g.Nodes[i].ID
	}
	return ""
}

// numbered gives each key a number, in order of first use.
func numbered(keys []string) (numbers []int, count int) {
	seen := map[string]int{}
	for _, k := range keys {
		if _, ok := seen[k]; !ok {
			seen[k] = len(seen)
		}
		numbers = append(numbers, seen[k])
	}
	return numbers, len(seen)
}
