package source

import "bytes"

// Derived returns the document whose values a tool made from others: from a resource, which is the first, and from patches of it
// in the order in which they were applied. Each value has the place where it was written: in the last document that has the same value,
// or else in the first that has a value there. What no document has is placed where the map or list around it is.
func Derived(root *Node, from []*Document) *Document {
	first := from[0]
	d := &Document{
		File: first.File, Index: first.Index, Label: first.Label, Root: root,
		APIVersion: root.StringAt("apiVersion"), Kind: root.StringAt("kind"),
		Namespace: root.Get("metadata").StringAt("namespace"), Name: root.Get("metadata").StringAt("name"),
		elsewhere: map[*Node]*File{}, original: first,
	}
	origins := make([]origin, len(from))
	for i, doc := range from {
		origins[i] = origin{file: doc.File, at: Field{Value: doc.Tree()}}
	}
	d.place(root, origins)
	return d
}

// An origin is a value that another one may have been made from.
type origin struct {
	file *File
	at   Field
}

// place sets the ranges of a value and of all that is in it, and returns the origin that gives its place.
func (d *Document) place(n *Node, origins []origin) origin {
	chosen := origins[0]
	for _, o := range origins {
		if n.Kind < List && o.at.Value.Kind == n.Kind && o.at.Value.Text == n.Text {
			chosen = o
		}
	}
	d.put(n, chosen.file, chosen.at.Value.Range)
	for i := range n.Fields {
		d.placeField(&n.Fields[i], chosen, origins)
	}
	for i, item := range n.Items {
		var inner []origin
		for _, o := range origins {
			if match := o.at.Value.counterpart(item, i, len(n.Items)); match != nil {
				inner = append(inner, origin{o.file, Field{Value: match}})
			}
		}
		if inner == nil {
			d.around(item, chosen)
			continue
		}
		d.place(item, inner)
	}
	return chosen
}

func (d *Document) placeField(f *Field, parent origin, origins []origin) {
	var inner []origin
	for _, o := range origins {
		if at := o.at.Value.field(f.Key); at != nil {
			inner = append(inner, origin{o.file, *at})
		}
	}
	if inner == nil {
		f.Range = parent.key()
		d.around(f.Value, parent)
		return
	}
	f.Range = d.place(f.Value, inner).at.Range
}

// around places a value that has no origin where the map or list that it is in begins.
func (d *Document) around(n *Node, parent origin) {
	at := parent.key()
	d.put(n, parent.file, at)
	for i := range n.Fields {
		n.Fields[i].Range = at
		d.around(n.Fields[i].Value, parent)
	}
	for _, item := range n.Items {
		d.around(item, parent)
	}
}

// put places one value.
func (d *Document) put(n *Node, file *File, at Range) {
	n.Range = at
	if file != d.File {
		d.elsewhere[n] = file
	}
}

// key is the place of the key of an origin, or that of its value where it has none.
func (o origin) key() Range {
	if o.at.Range.Known() {
		return o.at.Range
	}
	return o.at.Value.Range.firstLine()
}

// identities are the fields that tell the items of a list apart.
var identities = []string{"name", "key", "port", "number", "containerPort", "host", "ip"}

// counterpart returns the item of a list that another list has in a changed form at a position: the one of the same name, or of the
// same value, or at the same position of a list of the same length; nil where there is none.
func (n *Node) counterpart(item *Node, at, length int) *Node {
	for _, id := range identities {
		want := item.Get(id)
		if want == nil || want.Kind >= List {
			continue
		}
		for _, other := range n.Items {
			if v := other.Get(id); v != nil && v.Kind == want.Kind && v.Text == want.Text {
				return other
			}
		}
	}
	text := item.AppendJSON(nil)
	for _, other := range n.Items {
		if other.Kind == item.Kind && bytes.Equal(other.AppendJSON(nil), text) {
			return other
		}
	}
	if len(n.Items) == length && n.Items[at].Kind == item.Kind {
		return n.Items[at]
	}
	return nil
}

// Original returns the document that this one was made from in the first place: itself, unless it is derived.
func (d *Document) Original() *Document {
	if d == nil || d.original == nil {
		return d
	}
	return d.original
}
