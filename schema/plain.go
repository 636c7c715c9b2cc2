package schema

import "sem.example/internal/source"

// plain reports the mistakes of a document without CUE, which takes a hundred times as long, and whether it could: they have to be
// fields that the schema does not know and values of another type, and the document has to fit once these are gone or replaced.
func (r *report) plain() bool {
	found := r.obvious(mistake{node: r.root, term: r.term, terms: conj{r.term}}, nil)
	instead := map[*source.Node]*source.Node{}
	for _, m := range found {
		instead[m.node] = nil
		if m.class == misfit {
			if instead[m.node] = fitting(m.term); instead[m.node] == nil {
				return false
			}
		}
	}
	return len(found) > 0 && r.term.accepts(replaced(r.root, instead)) && r.addNew(found)
}

// obvious adds the mistakes at a node and below it that its terms alone show.
func (r *report) obvious(m mistake, found []mistake) []mistake {
	switch k := kindsOf(m.term); {
	case m.holder == nil:
	case m.term == nil:
		m.class = stranger
		m.badKey()
		return append(found, m)
	case k != 0 && !k.has(m.node.Kind) || m.fraction():
		m.class = misfit
		return append(found, m)
	}
	for i := range m.node.Items {
		if itemOf(m.term) != nil {
			inner := m
			inner.enter("", i, r.position)
			found = r.obvious(inner, found)
		}
	}
	for _, f := range m.node.Fields {
		if structural(m.term) != nil {
			inner := m
			inner.enter(f.Key, 0, r.position)
			found = r.obvious(inner, found)
		}
	}
	return found
}

// samples are values of which one mostly fits where a value of another type is.
var samples = []*source.Node{
	{Kind: source.String, Text: "a"}, {Kind: source.String, Text: "/a"}, {Kind: source.String, Text: "1s"}, {Kind: source.String, Text: "10.0.0.1"},
	{Kind: source.Number, Text: "1"}, {Kind: source.Number, Text: "200"}, {Kind: source.Bool, Text: "true"}, {Kind: source.Bool, Text: "false"},
	{Kind: source.List}, {Kind: source.Map}, {Kind: source.List, Items: []*source.Node{{Kind: source.String, Text: "a"}}},
}

// fitting is a value that fits a term, or nil where none is at hand.
func fitting(t term) *source.Node {
	for _, word := range choices(t) {
		if n := (&source.Node{Kind: source.String, Text: word}); t.accepts(n) {
			return n
		}
	}
	for _, n := range samples {
		if t.accepts(n) {
			return n
		}
	}
	return nil
}

// replaced is a tree with other values instead of some, and without those for which there are none.
func replaced(n *source.Node, instead map[*source.Node]*source.Node) *source.Node {
	if other, ok := instead[n]; ok {
		return other
	}
	out := *n
	out.Items, out.Fields = nil, nil
	for _, item := range n.Items {
		if item = replaced(item, instead); item != nil {
			out.Items = append(out.Items, item)
		}
	}
	for _, f := range n.Fields {
		if f.Value = replaced(f.Value, instead); f.Value != nil {
			out.Fields = append(out.Fields, f)
		}
	}
	return &out
}
