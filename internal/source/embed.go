package source

import (
	"bytes"
	"strings"
)

// Part returns a part of a document as a document of its own, whose paths begin there.
func (d *Document) Part(path string) *Document {
	part := *d
	if part.Root = d.Lookup(path); part.Root == nil {
		part.Root = &Node{Kind: Map, Range: d.At(path)}
	}
	return &part
}

// Embedded returns the document that is written as text inside of a string of this one, as the settings of a mesh are in
// a ConfigMap. In a literal block ("|") every field has its own place; otherwise all are where the string does.
func (d *Document) Embedded(path string) (*Document, []Problem) {
	part := *d
	holder := d.Lookup(path)
	part.Root = &Node{Kind: Map, Range: d.At(path)}
	if holder == nil || holder.Kind != String {
		return &part, nil
	}
	inner := content{file: &File{Name: d.File.Name, Data: d.literal(holder)}}
	verbatim := inner.file.Data != nil
	if !verbatim {
		inner.file.Data = []byte(holder.Text)
	}
	inner.file.scan()
	inner.stream()
	if len(inner.docs) > 0 {
		part.Root = inner.docs[0].Root
	}
	for i := range inner.problems {
		inner.problems[i].File = d.File
		if !verbatim {
			inner.problems[i].Range, inner.problems[i].Related = holder.Range, nil
		}
	}
	if !verbatim {
		part.Root = part.Root.placed(holder.Range)
	}
	return &part, inner.problems
}

// literal returns the text of the file with everything but one literal block blanked out, so that positions stay; nil
// where the string is not written as a literal block.
func (d *Document) literal(n *Node) []byte {
	f := d.File
	at := f.offset(n.Range.Line, n.Range.Column)
	if at >= len(f.Data) || f.Data[at] != '|' {
		return nil
	}
	start := f.end(int(n.Range.Line))
	lines := strings.Count(strings.TrimSuffix(n.Text, "\n"), "\n") + 1
	end := f.end(min(int(n.Range.Line)+lines, len(f.lines)))
	return append(bytes.Repeat([]byte{'\n'}, int(n.Range.Line)), f.Data[start:end]...)
}

// placed returns a copy of a tree whose values all are at one place.
func (n *Node) placed(at Range) *Node {
	moved := *n
	moved.Range = at
	moved.Items, moved.Fields = nil, nil
	for _, item := range n.Items {
		moved.Items = append(moved.Items, item.placed(at))
	}
	for _, f := range n.Fields {
		moved.Fields = append(moved.Fields, Field{Key: f.Key, Range: at, Value: f.Value.placed(at)})
	}
	return &moved
}
