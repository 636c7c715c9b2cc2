package graph

import (
	"cmp"

	"sem.example/internal/explain"
	"sem.example/internal/mesh"
	"sem.example/internal/pipeline"
)

// A builder gathers nodes and edges.
type builder struct {
	world    *pipeline.World
	graph    *Graph
	services map[string]*mesh.Service
	gateways map[string]string // the nodes of gateways, by their proxies
	nodes    map[string]int    // by ID
	edges    map[[2]string]int
	routing  map[string]string // the IDs of hosts, by their name and what happens to their requests
	policies map[string][]explain.AttachedPolicy
	aside    map[string]int // what is left out, in words
}

// add returns a node's ID; the first of an ID stays.
func (b *builder) add(n Node) string {
	if _, ok := b.nodes[n.ID]; !ok {
		b.nodes[n.ID] = len(b.graph.Nodes)
		b.graph.Nodes = append(b.graph.Nodes, n)
	}
	return n.ID
}

// connect adds an edge. What several ways between two nodes do not have in common is left out.
func (b *builder) connect(e Edge) {
	key := [2]string{e.From, e.To}
	i, ok := b.edges[key]
	if !ok {
		b.edges[key] = len(b.graph.Edges)
		b.graph.Edges = append(b.graph.Edges, e)
		return
	}
	old := &b.graph.Edges[i]
	if old.TLS != e.TLS {
		old.TLS = ""
	}
	old.Fails = cmp.Or(old.Fails, e.Fails)
}

func (b *builder) taken(id string) bool {
	_, ok := b.nodes[id]
	return ok
}
