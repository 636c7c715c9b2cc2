package convert

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sem.example/internal/quote"
	"sem.example/internal/source"
)

// YAML writes documents as one stream, the fields of each in its own order behind apiVersion, kind and metadata.
func YAML(docs []*source.Document) []byte {
	var out bytes.Buffer
	for i, d := range docs {
		if i > 0 {
			out.WriteString("---\n")
		}
		e := yaml.NewEncoder(&out)
		e.SetIndent(2)
		if err := e.Encode(yamlNode(headed(d.Root))); err != nil {
			panic(err) // the tree is made here
		}
	}
	return quote.Escapes(out.Bytes())
}

// head are the fields that every object begins with.
var head = []string{"apiVersion", "kind", "metadata"}

// headed returns an object whose fields begin as those of objects do.
func headed(root *source.Node) *source.Node {
	if root.Kind != source.Map {
		return root
	}
	place := func(f source.Field) int {
		if i := slices.Index(head, f.Key); i >= 0 {
			return i
		}
		return len(head)
	}
	sorted := *root
	sorted.Fields = slices.Clone(root.Fields)
	slices.SortStableFunc(sorted.Fields, func(a, b source.Field) int { return place(a) - place(b) })
	return &sorted
}

func yamlNode(n *source.Node) *yaml.Node {
	switch n.Kind {
	case source.Map:
		out := &yaml.Node{Kind: yaml.MappingNode, Style: emptyFlow(len(n.Fields))}
		for _, f := range n.Fields {
			out.Content = append(out.Content, yamlString(f.Key), yamlNode(f.Value))
		}
		return out
	case source.List:
		out := &yaml.Node{Kind: yaml.SequenceNode, Style: emptyFlow(len(n.Items))}
		for _, item := range n.Items {
			out.Content = append(out.Content, yamlNode(item))
		}
		return out
	case source.String:
		return yamlString(n.Text)
	case source.Null:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: "null"}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: n.Text}
}

// emptyFlow writes what has no content as {} or [].
func emptyFlow(size int) yaml.Style {
	if size == 0 {
		return yaml.FlowStyle
	}
	return 0
}

// yamlString is a string, in quotes where YAML 1.1 or 1.2 would read it as anything else, and in lines where it has several. What
// a terminal or CI would act on is in quotes too, where it can be escaped.
func yamlString(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.Contains(s, "\n") {
		n.Style = yaml.LiteralStyle
	}
	if n.Style == 0 && !source.Plain(s) || quote.Starts(s) || strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && quote.Unsafe(r) }) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
