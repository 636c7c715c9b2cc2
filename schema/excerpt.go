package schema

import (
	"slices"

	"sem.example/internal/source"
)

// The bound of what CUE is asked about. Its cost grows faster than a document does, so it sees the faulty part alone.
const wrongItems = 20 // of the items of a list that do not fit, and of the unknown fields of a map; the others are counted

// An excerpt is the part of a document that its schema does not accept: lists without the items that fit, and fields that
// the schema does not know without what is in them. Parts that are kept are the document's own nodes.
type excerpt struct {
	root  *source.Node
	items map[*source.Node][]int // where the items of a shortened list are in the document
	rest  []rest
}

// A rest is what a list holds of items that do not fit, or a map of fields that are not known, beyond those that are
// explained.
type rest struct {
	path string // of the first of them
	in   string // the path of the list or map
	n    int
	key  bool // they are fields
}

func newExcerpt(t term, root *source.Node) *excerpt {
	x := &excerpt{items: map[*source.Node][]int{}}
	x.root = x.reduce(t, root, "")
	return x
}

// position is where an item of a list of the excerpt is in the document.
func (x *excerpt) position(list *source.Node, i int) int {
	if at := x.items[list]; at != nil {
		return at[i]
	}
	return i
}

// reduce returns a value without what CUE need not see, the value itself where that is all of it.
func (x *excerpt) reduce(t term, n *source.Node, path string) *source.Node {
	switch n.Kind {
	case source.List:
		return x.list(t, n, path)
	case source.Map:
		return x.fields(t, n, path)
	}
	return n
}

// fields reduces the values of a map. Conditions of the schema may look into the values: where they come out otherwise, the
// map is left whole.
func (x *excerpt) fields(t term, n *source.Node, path string) *source.Node {
	s := structural(t)
	if s == nil {
		return n
	}
	out, rests := *n, len(x.rest)
	out.Fields = x.few(t, n, path)
	changed := len(out.Fields) < len(n.Fields)
	for i := range out.Fields {
		f := &out.Fields[i]
		value := f.Value
		switch inner := fieldOf(t, f.Key); {
		case inner != nil:
			value = x.reduce(inner, f.Value, source.Join(path, f.Key))
		case f.Value.Kind >= source.List:
			value = &source.Node{Kind: source.Null, Range: f.Value.Range}
		}
		changed = changed || value != f.Value
		f.Value = value
	}
	switch {
	case !changed:
		return n
	case s.acceptsGuarded(n) != s.acceptsGuarded(&out):
		x.rest = x.rest[:rests]
		return n
	}
	return &out
}

// few returns the fields of a map without most of those that are not known, where they are many.
func (x *excerpt) few(t term, n *source.Node, path string) []source.Field {
	unknown, first := 0, ""
	out := slices.DeleteFunc(slices.Clone(n.Fields), func(f source.Field) bool {
		if fieldOf(t, f.Key) != nil {
			return false
		}
		if unknown++; unknown == wrongItems+1 {
			first = f.Key
		}
		return unknown > wrongItems
	})
	if unknown > wrongItems {
		x.rest = append(x.rest, rest{path: source.Join(path, first), in: path, n: unknown - wrongItems, key: true})
	}
	return out
}

// list reduces a list to the items that do not fit, or else to one. Where the list as a whole does not fit, whatever is in
// it, all of its items count.
func (x *excerpt) list(t term, n *source.Node, path string) *source.Node {
	item := itemOf(t)
	if item == nil {
		return n
	}
	if most := mostItems(t); most > 0 && len(n.Items) > most { // what is in the items beyond can wait
		return x.whole(t, &source.Node{Kind: source.List, Range: n.Range, Items: n.Items[:most+1]}, path)
	}
	right, wrong := divide(item, n)
	keep := right[:min(1, len(right))]
	// Where no item fits, what is left is empty, which a list may not be: that is not a fault of the list as a whole.
	if len(n.Items) < 2 || len(right) > 0 && (!t.accepts(pick(n, right)) || !t.accepts(pick(n, keep))) {
		return x.whole(t, n, path)
	}
	if len(wrong) > 0 {
		keep = x.bounded(wrong, path)
	}
	out := pick(n, keep)
	for i, at := range keep {
		out.Items[i] = x.reduce(item, n.Items[at], source.Index(path, at))
	}
	x.items[out] = keep
	return out
}

// divide returns the positions of the items of a list that fit, and of those that do not.
func divide(item term, n *source.Node) (right, wrong []int) {
	for i := range n.Items {
		if item.accepts(n.Items[i]) {
			right = append(right, i)
		} else {
			wrong = append(wrong, i)
		}
	}
	return right, wrong
}

// whole reduces the items of a list and leaves none out.
func (x *excerpt) whole(t term, n *source.Node, path string) *source.Node {
	out := *n
	out.Items = slices.Clone(n.Items)
	changed := false
	for i, item := range n.Items {
		out.Items[i] = x.reduce(itemOf(t), item, source.Index(path, i))
		changed = changed || out.Items[i] != item
	}
	if !changed {
		return n
	}
	return &out
}

// bounded returns the first of the positions of items that do not fit, and counts the others.
func (x *excerpt) bounded(wrong []int, path string) []int {
	if len(wrong) <= wrongItems {
		return wrong
	}
	x.rest = append(x.rest, rest{path: source.Index(path, wrong[wrongItems]), in: path, n: len(wrong) - wrongItems})
	return wrong[:wrongItems]
}

// pick is a list of some items of another one.
func pick(n *source.Node, at []int) *source.Node {
	out := *n
	out.Items = make([]*source.Node, len(at))
	for i, from := range at {
		out.Items[i] = n.Items[from]
	}
	return &out
}
