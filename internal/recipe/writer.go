package recipe

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"go.yaml.in/yaml/v3"

	"sem.example/internal/lazy"
	"sem.example/schema"
)

// A writer turns CUE values into YAML, comments included.
type writer struct{ params map[string]string }

// documents returns the documents of a struct that holds them.
func (w *writer) documents(v cue.Value) []Document {
	var all []Document
	for _, f := range fieldsOf(v) {
		node := w.value(f)
		kind, version := textAt(f, "kind"), textAt(f, "apiVersion")
		arrange(node, strings.ToLower(schema.DefinitionOf(version, kind)))
		all = append(all, Document{
			Kind: kind, Namespace: textAt(f, "metadata.namespace"), Name: textAt(f, "metadata.name"),
			key: keyOf(f), version: version, comment: w.comment(f), node: node,
		})
	}
	return all
}

func textAt(v cue.Value, path string) string {
	s, _ := v.LookupPath(cue.ParsePath(path)).String()
	return s
}

// fieldsOf lists the fields of a struct in their order.
func fieldsOf(v cue.Value) []cue.Value {
	var fields []cue.Value
	for it, err := v.Fields(); err == nil && it.Next(); {
		fields = append(fields, it.Value())
	}
	return fields
}

// keyOf is the name of a field.
func keyOf(field cue.Value) string {
	path := field.Path().Selectors()
	return path[len(path)-1].Unquoted()
}

// value returns a value as YAML.
func (w *writer) value(v cue.Value) *yaml.Node {
	switch v.Kind() {
	case cue.StructKind:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, f := range fieldsOf(v) {
			key := scalar(keyOf(f))
			key.HeadComment = w.comment(f)
			n.Content = append(n.Content, key, w.value(f))
		}
		return n
	case cue.ListKind:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for it, err := v.List(); err == nil && it.Next(); {
			n.Content = append(n.Content, raised(w.value(it.Value())))
		}
		return n
	}
	var plain any
	if err := v.Decode(&plain); err != nil {
		panic(err)
	}
	return scalar(plain)
}

// raised puts the comment of the first field of a list's item before the item.
func raised(item *yaml.Node) *yaml.Node {
	if item.Kind == yaml.MappingNode && len(item.Content) > 0 {
		item.HeadComment, item.Content[0].HeadComment = item.Content[0].HeadComment, ""
	}
	return item
}

func scalar(v any) *yaml.Node {
	n := &yaml.Node{}
	if err := n.Encode(v); err != nil {
		panic(err)
	}
	return n
}

// reference is where a comment names a parameter.
var reference = lazy.Regexp(`\\\((\w+)\)`)

// comment returns the comment before a field, with the values of the parameters that it names.
func (w *writer) comment(v cue.Value) string {
	var text []string
	for _, group := range v.Doc() {
		text = append(text, strings.TrimSpace(group.Text()))
	}
	return reference().ReplaceAllStringFunc(strings.Join(text, "\n"), func(ref string) string {
		return w.params[ref[2:len(ref)-1]]
	})
}

// arrange puts fields into the order of the schema, as far as it knows them. CUE puts those under a condition first.
func arrange(n *yaml.Node, path string) {
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			arrange(item, path)
		}
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	known, err := schema.Explain(path)
	pairs := slices.Collect(slices.Chunk(n.Content, 2))
	if err == nil && len(known.Fields) > 0 {
		place := func(pair []*yaml.Node) int {
			i := slices.IndexFunc(known.Fields, func(f schema.Field) bool { return f.Name == pair[0].Value })
			if i < 0 {
				return math.MaxInt
			}
			return i
		}
		slices.SortStableFunc(pairs, func(a, b []*yaml.Node) int { return cmp.Compare(place(a), place(b)) })
		n.Content = slices.Concat(pairs...)
	}
	for _, pair := range pairs {
		arrange(pair[1], path+"."+pair[0].Value)
	}
}
