package graph

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/diag"
)

// outside adds the clients that are not in the mesh: those of gateways that no rule of the mesh sends to.
func (b *builder) outside() {
	for _, id := range slices.Sorted(maps.Values(b.gateways)) {
		reached := slices.ContainsFunc(b.graph.Edges, func(e Edge) bool { return e.To == id })
		if !reached {
			from := b.add(Node{ID: "outside", Kind: Outside, Name: "clients outside"})
			b.connect(Edge{From: from, To: id})
		}
	}
}

// order is the order of kinds.
var order = []Kind{Outside, Client, Gateway, Host, Rule, Subset, Workload, External}

// sort brings nodes and edges into an order that does not depend on that of the input.
func (b *builder) sort() {
	slices.SortFunc(b.graph.Nodes, func(x, y Node) int {
		return cmp.Or(cmp.Compare(slices.Index(order, x.Kind), slices.Index(order, y.Kind)), cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.ID, y.ID))
	})
	sortEdges(b.graph)
}

func sortEdges(g *Graph) {
	at := map[string]int{}
	for i, n := range g.Nodes {
		at[n.ID] = i
	}
	slices.SortFunc(g.Edges, func(x, y Edge) int {
		return cmp.Or(cmp.Compare(at[x.From], at[y.From]), cmp.Compare(at[x.To], at[y.To]))
	})
}

func (b *builder) notes() {
	b.graph.Notes = slices.Sorted(maps.Keys(b.aside))
}

// AddFindings puts findings on the nodes whose resources they are about. A finding that is about a rule belongs to the node of the
// rule, if it has one. What is about no node is counted in a note.
func (g *Graph) AddFindings(found diag.List) {
	elsewhere := 0
	for i := range found {
		d := &found[i]
		if d.Suppressed != nil || d.At.Doc == nil {
			continue
		}
		at := g.about(Resource{Kind: d.At.Doc.Kind, Namespace: d.At.Doc.Namespace, Name: d.At.Doc.Name, Field: d.At.Field})
		if len(at) == 0 {
			elsewhere++
		}
		r := d.At.Range()
		for _, n := range at {
			n.Findings = append(n.Findings, Finding{ID: d.Check.ID, Severity: string(d.Level()), Message: d.Message, File: d.At.Source().Name, Line: int(r.Line)})
		}
	}
	if elsewhere > 0 {
		g.Notes = append(g.Notes, counted(elsewhere, "finding")+" about other resources: see sem validate")
	}
}

// about returns the nodes that a resource belongs to: of those for parts of it the ones that hold the field, if there are any.
func (g *Graph) about(r Resource) []*Node {
	var all, exact []*Node
	for i := range g.Nodes {
		n := &g.Nodes[i]
		for _, a := range n.About {
			if a.Kind != r.Kind || a.Namespace != r.Namespace && r.Namespace != "" || a.Name != r.Name {
				continue
			}
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
			if a.Field != "" && within(r.Field, ruleOf(a.Field)) && !slices.Contains(exact, n) {
				exact = append(exact, n)
			}
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return all[:min(1, len(all))]
}

// ruleOf is the rule that a field is part of: spec.http[1] of spec.http[1].match[0].
func ruleOf(field string) string {
	if at := strings.IndexByte(field, ']'); at >= 0 {
		return field[:at+1]
	}
	return field
}

func within(field, outer string) bool {
	rest, ok := strings.CutPrefix(field, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
