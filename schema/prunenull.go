package schema

import "sem.example/internal/source"

// stored returns a document as the API server stores it. Its type is no matter of the schema.
func stored(t term, root *source.Node) *source.Node {
	if root == nil || root.Kind != source.Map || !holdsNull(root) {
		return root
	}
	out := *root
	out.Fields = append([]source.Field{}, root.Fields...)
	for i := range out.Fields {
		if f := &out.Fields[i]; f.Value.Kind >= source.List {
			if inner := fieldOf(t, f.Key); inner != nil {
				f.Value = pruneNulls(inner, f.Value)
			}
		}
	}
	return &out
}

// pruneNulls returns a value as the API server stores it: a field that is null where its schema does not allow null is dropped
// before anything is validated, be it a field of a struct or an entry of a map. Items of lists stay. A value without such
// fields is returned as it is.
func pruneNulls(t term, n *source.Node) *source.Node {
	if n == nil || n.Kind < source.List || !holdsNull(n) {
		return n
	}
	out := *n
	if n.Kind == source.List {
		item := itemOf(t)
		if item == nil {
			return n
		}
		out.Items = make([]*source.Node, len(n.Items))
		for i := range n.Items {
			out.Items[i] = pruneNulls(item, n.Items[i])
		}
		return &out
	}
	out.Fields = make([]source.Field, 0, len(n.Fields))
	for _, f := range n.Fields {
		inner := fieldOf(t, f.Key)
		if f.Value.Kind == source.Null && inner != nil && !kindsOf(inner).has(source.Null) {
			continue
		}
		if inner != nil {
			f.Value = pruneNulls(inner, f.Value)
		}
		out.Fields = append(out.Fields, f)
	}
	return &out
}

// holdsNull reports whether any field below a value is null.
func holdsNull(n *source.Node) bool {
	for i := range n.Fields {
		if v := n.Fields[i].Value; v.Kind == source.Null || v.Kind >= source.List && holdsNull(v) {
			return true
		}
	}
	for _, item := range n.Items {
		if item.Kind >= source.List && holdsNull(item) {
			return true
		}
	}
	return false
}
