// Package manifest holds the documents of a mesh as plain trees, for tests that make up documents, cut them down and
// write them.
package manifest

import (
	"bytes"
	"fmt"

	"sigs.k8s.io/yaml"

	"sem.example/internal/source"
)

// A Tree is a document, or a map in one: its values are trees, lists of type []any, strings, numbers and booleans.
type Tree = map[string]any

// Write writes documents as one YAML stream.
func Write(docs []Tree) ([]byte, error) {
	var out bytes.Buffer
	for i, d := range docs {
		text, err := yaml.Marshal(d)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", i, err)
		}
		if i > 0 {
			out.WriteString("---\n")
		}
		out.Write(text)
	}
	return out.Bytes(), nil
}

// Parse reads a value that is written as YAML.
func Parse(text []byte) (any, error) {
	var v any
	err := yaml.Unmarshal(text, &v)
	return v, err
}

// Read turns documents into trees that may be changed.
func Read(docs []*source.Document) ([]Tree, error) {
	var out []Tree
	for _, d := range docs {
		var tree Tree
		if err := yaml.Unmarshal(d.Tree().AppendJSON(nil), &tree); err != nil {
			return nil, fmt.Errorf("%s %s: %w", d.Kind, d.Name, err)
		}
		out = append(out, tree)
	}
	return out, nil
}
