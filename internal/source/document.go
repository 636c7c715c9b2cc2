package source

import "weak"

// A Document is one object of a file.
type Document struct {
	File  *File
	Index int    // position among the documents of the file, from 0
	Label string // what a "# Source:" comment of Helm or kustomize calls it; "" without one
	Root  *Node  // nil while it is released, see [ReleaseTrees]; Tree returns it in any case

	APIVersion string
	Kind       string
	Namespace  string // as written; the default namespace is filled in by config
	Name       string

	elsewhere map[*Node]*File // of values that another file holds: of a CUE package, or a patch
	original  *Document       // see Original

	extent   extent // of its text, where the tree can be read from it again
	released weak.Pointer[Node]
}

// fileAt returns the file that holds the value at a path, to which the ranges of [Document.At] and [Document.KeyAt] belong.
// That is another file than the document's own only where the files of a CUE package, or a resource and patches, make up a document
// together.
func (d *Document) fileAt(path string) *File {
	if d.elsewhere != nil {
		if f, _ := d.descend(path); d.elsewhere[f.Value] != nil {
			return d.elsewhere[f.Value]
		}
	}
	return d.File
}

// Lookup returns the node at a path, or nil where the document has none.
func (d *Document) Lookup(path string) *Node {
	n, rest := d.descend(path)
	if rest != "" {
		return nil
	}
	return n.Value
}

// At returns the place of the value at a path; that of its key where the value is a map or a list that begins on a
// later line. Where the document has no such field it is the place of the key of the nearest ancestor that it has, so
// that a missing field is reported where it would stand.
func (d *Document) At(path string) Range {
	f, rest := d.descend(path)
	if f.Range.Known() && (rest != "" || f.Value.Range.Line > f.Range.Line && f.Value.Kind >= List) {
		return f.Range
	}
	return f.Value.Range
}

// KeyAt returns the place of the key at a path; for an item of a list, which has no key, the place of its value.
func (d *Document) KeyAt(path string) Range {
	f, _ := d.descend(path)
	if f.Range.Known() {
		return f.Range
	}
	return f.Value.Range
}

// ScalarText returns a scalar of the document as its author wrote it, where that is plain YAML, and its value otherwise: 1.10
// rather than 1.1, on rather than true.
func (d *Document) ScalarText(n *Node) string {
	file := d.File
	if other := d.elsewhere[n]; other != nil {
		file = other
	}
	text := file.text(n.Range)
	if r := plain(text); r.err == nil && r.kind == n.Kind && r.text == n.Text {
		return text
	}
	return n.Text
}

// descend follows a path as far as the document goes and returns the field reached and what is left of the path.
func (d *Document) descend(path string) (Field, string) {
	at := Field{Value: d.Tree()}
	if at.Value == nil {
		at.Value = &Node{}
	}
	for path != "" {
		key, i, rest := segment(path)
		var next *Field
		if i >= 0 {
			if i < len(at.Value.Items) {
				next = &Field{Value: at.Value.Items[i]}
			}
		} else {
			next = at.Value.field(key)
		}
		if next == nil || next.Value == nil {
			return at, path
		}
		at, path = *next, rest
	}
	return at, ""
}
