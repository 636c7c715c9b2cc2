package source

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parse reads the documents of a file in the format that its name or its text has.
func (c *content) parse() {
	c.file.once.Do(c.file.scan)
	if !c.text() {
		return
	}
	c.suppressions()
	switch ext := filepath.Ext(c.file.Name); {
	case ext == ".json" || ext != ".yaml" && ext != ".yml" && opensJSON(c.file.Data):
		c.json()
	default:
		c.stream()
	}
}

func (c *content) json() {
	roots, problems := readJSON(c.file)
	if at := template(c.file.Data); at >= 0 && slices.ContainsFunc(problems, func(p Problem) bool { return p.Trouble == Syntax }) {
		c.template(chunk{text: c.file.Data}, at)
		return
	}
	c.problems = append(c.problems, problems...)
	for _, root := range roots {
		c.add(root, "")
	}
}

// stream reads the documents of a YAML file.
func (c *content) stream() {
	for _, ch := range split(c.file.Data) {
		if !blank(ch.text) {
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
	base := int32(c.file.before(c.base(ch)))
	if root := readQuick(string(ch.text), base, &c.slab); root != nil {
		c.addAlone(root, ch, base)
		return
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(ch.text, &doc); err != nil {
		c.syntax(ch, err)
		return
	}
	if len(doc.Content) == 0 {
		return
	}
	g := &grower{file: c.file, shift: base, slab: &c.slab}
	root := g.grow(doc.Content[0])
	if at := template(ch.text); at >= 0 && g.holed {
		c.template(ch, at)
		return
	}
	c.problems = append(c.problems, g.trouble...)
	if g.stopped {
		return
	}
	if strings.Contains(root.StringAt("apiVersion"), "istio.io/") { // elsewhere, a file mode is octal by intent
		c.problems = append(c.problems, g.doubts...)
	}
	c.add(root, label(ch.text))
}
