package lsp

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/lazy"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/schema"
)

// The kinds of what is proposed.
const (
	fieldItem     = 5
	valueItem     = 12
	enumItem      = 20
	referenceItem = 18
)

// A blank is the place in a resource that is to be filled in.
type blank struct {
	doc    *source.Document
	field  string       // path of the map whose field is to be named, or of the value
	key    bool         // a field is to be named
	holder *source.Node // the map around it
}

// stand is what stands for the word to be completed while its place is looked for.
const stand = "sem-completes-this"

// word is what may be before the position: a part of a field, a host, or NAMESPACE/NAME.
var word = lazy.Regexp(`[A-Za-z0-9_.*/-]*$`)

// completions are what may be written at a position of a text. The probe has a text of CUE examined in which a field stands for the word.
func completions(s *snapshot, name string, text []byte, at position, probe func([]byte) *snapshot) completionList {
	l := linesOf(text)
	end := l.offset(at)
	start := end - len(word().Find(text[l.starts[min(max(at.Line, 0), len(l.starts)-1)]:end]))
	b, ok := blank{}, false
	if filepath.Ext(name) == ".cue" {
		b, ok = s.blankInCUE(name, text, start, end, probe)
	} else {
		b, ok = blankIn(name, text, start, end)
	}
	list := completionList{Items: []completionItem{}}
	if !ok {
		return list
	}
	b = b.begun()
	for _, item := range s.proposals(b, name) {
		item.TextEdit = textEdit{Range: l.between(start, end), NewText: item.Label}
		if rest := strings.TrimLeft(string(text[end:l.end(at.Line)]), " "); b.key && !strings.HasPrefix(rest, ":") {
			item.TextEdit.NewText += ": "
		}
		list.Items = append(list.Items, item)
	}
	return list
}

// blankIn finds the place of a word in a text of YAML or JSON. Half a line often cannot be parsed, so that the word is tried as a value
// and as a field, first with the text behind it.
func blankIn(name string, text []byte, start, end int) (blank, bool) {
	line := end
	for line < len(text) && text[line] != '\n' {
		line++
	}
	for _, rest := range [][]byte{text[end:], text[end:line]} {
		for _, word := range []string{stand, stand + ": null"} {
			docs, _ := source.Parse(&source.File{Name: name, Data: slices.Concat(text[:start], []byte(word), rest)})
			for _, doc := range docs {
				if b, ok := find(doc, "", doc.Tree(), nil); ok {
					return b, true
				}
			}
		}
	}
	return blank{}, false
}

// find looks for the word in a value.
func find(doc *source.Document, path string, n, holder *source.Node) (blank, bool) {
	if n == nil {
		return blank{}, false
	}
	for _, f := range n.Fields {
		if strings.Contains(f.Key, stand) {
			return blank{doc: doc, field: path, key: true, holder: n}, true
		}
		if b, ok := find(doc, source.Join(path, f.Key), f.Value, n); ok {
			return b, true
		}
	}
	for i, item := range n.Items {
		if b, ok := find(doc, source.Index(path, i), item, holder); ok {
			return b, true
		}
	}
	if n.Kind == source.String && strings.Contains(n.Text, stand) {
		return blank{doc: doc, field: path, holder: holder}, true
	}
	return blank{}, false
}

// begun is the place as that of a field, if it is a map whose first field is being typed: so far, it reads as a string.
func (b blank) begun() blank {
	f, _ := explained(b.doc, b.field)
	inList := strings.HasSuffix(b.field, "]")
	if !b.key && (b.field == "" || !inList && strings.HasPrefix(f.Type, "map") || inList && f.Type == "list of maps") {
		b.key, b.holder = true, nil
	}
	return b
}

// blankInCUE is the value at the end of a word of a CUE file, as it was last evaluated, or the struct whose field the word is to name.
func (s *snapshot) blankInCUE(name string, text []byte, start, end int, probe func([]byte) *snapshot) (blank, bool) {
	if p, ok := source.ProbeCUE(text, start, end); ok {
		return probe(p.Text).structAt(name, p)
	}
	c, ok := s.cursor(name, end)
	if !ok || c.place.Key {
		return blank{}, false
	}
	return blank{doc: c.doc, field: c.field}, true
}

// structAt is the struct that a probe is in.
func (s *snapshot) structAt(name string, p source.CUEProbe) (blank, bool) {
	if s == nil || s.err != nil {
		return blank{}, false
	}
	c, ok := s.cursor(name, p.Key)
	if !ok || !c.place.Key {
		return blank{}, false
	}
	field := c.field
	switch {
	case p.Beside:
		field = source.Around(field)
	case p.Item >= 0:
		field = source.Index(field, p.Item)
	}
	return blank{doc: c.doc, field: field, key: true, holder: c.doc.Lookup(field)}, true
}

// proposals are what may be written in a place.
func (s *snapshot) proposals(b blank, name string) []completionItem {
	w := s.worldOf(name)
	if items := labelItems(w, b); items != nil {
		return items
	}
	if b.key {
		return fieldItems(b.doc, b.field, b.holder)
	}
	if w != nil {
		if items := s.nameItems(w, b); items != nil {
			return items
		}
	}
	return valueItems(b)
}

// worldOf is a world that has a file, or else the first.
func (s *snapshot) worldOf(name string) *pipeline.World {
	for _, w := range s.worlds {
		if slices.ContainsFunc(w.Objects, func(o *config.Object) bool { return o.Doc != nil && o.Doc.File.Name == name }) {
			return w
		}
	}
	if len(s.worlds) > 0 {
		return s.worlds[0]
	}
	return nil
}

// explained is the documentation of a field of a document, or of its kind.
func explained(doc *source.Document, field string) (schema.Field, bool) {
	kind := schema.Definition(doc)
	if kind == "" {
		return schema.Field{}, false
	}
	if field != "" {
		kind += "." + field
	}
	f, err := schema.Explain(kind)
	return f, err == nil
}

// fieldItems are the fields that a map can have and does not have yet.
func fieldItems(doc *source.Document, path string, holder *source.Node) []completionItem {
	f, ok := explained(doc, path)
	if !ok && path == "" {
		for _, name := range []string{"apiVersion", "kind", "metadata", "spec"} {
			f.Fields = append(f.Fields, schema.Field{Name: name})
		}
	}
	var items []completionItem
	for _, sub := range f.Fields {
		if holder.Get(sub.Name) == nil {
			items = append(items, completionItem{Label: sub.Name, Kind: fieldItem, Detail: sub.Type, Documentation: sub.Text})
		}
	}
	return items
}

// valueItems are the values that a field allows.
func valueItems(b blank) []completionItem {
	switch b.field {
	case "kind":
		return items(enumItem, "", slices.DeleteFunc(schema.Kinds(), func(kind string) bool { return kind == "KubernetesGateway" })...)
	case "apiVersion":
		versions := map[string]bool{}
		for _, kind := range schema.Kinds() {
			versions[schema.Version(kind)] = true
		}
		return items(enumItem, "", slices.Sorted(maps.Keys(versions))...)
	}
	f, ok := explained(b.doc, b.field)
	switch {
	case !ok:
		return nil
	case len(f.Values) > 0:
		return items(enumItem, f.Text, f.Values...)
	case f.Type == "boolean":
		return items(enumItem, f.Text, "true", "false")
	}
	return nil
}

// items are proposals of one kind.
func items(kind int, documentation string, labels ...string) []completionItem {
	var out []completionItem
	for _, label := range labels {
		out = append(out, completionItem{Label: label, Kind: kind, Documentation: documentation})
	}
	return out
}
