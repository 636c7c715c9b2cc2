package source

import (
	"bytes"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parse reads the documents of a file in the format that its name or its text has.
func (c *content) parse(in input) {
	c.file.once.Do(c.file.scan)
	switch ext := filepath.Ext(in.name); {
	case ext == ".json" || ext != ".yaml" && ext != ".yml" && opensJSON(c.file.Data):
		roots, problems := readJSON(c.file)
		c.problems = append(c.problems, problems...)
		for _, root := range roots {
			c.add(root, "")
		}
	default:
		for _, ch := range split(c.file.Data[len(bom(c.file.Data)):]) {
			c.yaml(ch)
		}
	}
}

// opensJSON says whether a text begins as a JSON object does.
func opensJSON(data []byte) bool {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, bom(data)))
	if len(data) == 0 || data[0] != '{' {
		return false
	}
	data = bytes.TrimSpace(data[1:])
	return len(data) > 0 && (data[0] == '"' || data[0] == '}')
}

// yaml reads one document of a YAML stream.
func (c *content) yaml(ch chunk) {
	if blank(ch.text) {
		return
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(ch.text, &doc); err != nil {
		c.problems = append(c.problems, syntax(c.file, ch, err))
		return
	}
	if len(doc.Content) == 0 {
		return
	}
	g := &grower{file: c.file, shift: ch.line}
	root := g.grow(doc.Content[0])
	c.problems = append(c.problems, g.trouble...)
	c.add(root, label(ch.text))
}

// add makes documents of a tree: one, or as many as a list of objects has items.
func (c *content) add(root *Node, label string) {
	if items := root.Get("items"); items != nil && items.Kind == List && strings.HasSuffix(root.StringAt("kind"), "List") {
		for _, item := range items.Items {
			c.add(item, label)
		}
		return
	}
	c.docs = append(c.docs, c.document(root, label))
}

func (c *content) document(root *Node, label string) *Document {
	meta := root.Get("metadata")
	return &Document{
		File: c.file, Index: len(c.docs), Label: label, Root: root,
		APIVersion: root.StringAt("apiVersion"), Kind: root.StringAt("kind"),
		Namespace: meta.StringAt("namespace"), Name: meta.StringAt("name"),
	}
}
