package source

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sem.example/internal/parallel"
)

// Parse reads the documents of a file whose text is at hand. They need not be objects, and there may be none.
func Parse(f *File) ([]*Document, []Problem) {
	c := content{file: f}
	c.parse()
	return c.docs, c.problems
}

// parse reads the documents of a file in the format that its name or its text has.
func (c *content) parse() {
	c.file.once.Do(c.file.scan)
	if !c.text() {
		return
	}
	c.suppressions()
	if c.file.IsJSON() {
		c.json()
		return
	}
	c.stream()
}

// IsJSON reports whether a file is read as JSON rather than YAML.
func (f *File) IsJSON() bool {
	ext := filepath.Ext(f.Name)
	return ext == ".json" || ext != ".yaml" && ext != ".yml" && opensJSON(f.Data)
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
	chunks := split(c.file.Data)
	roots := c.readFast(chunks)
	for i, ch := range chunks {
		switch {
		case roots[i] != nil:
			c.addAlone(roots[i], ch)
		case !blank(ch.text):
			c.yaml(ch)
		}
	}
}

// portion is how many documents of a stream are read together: a large file is read on all processors.
const portion = 256

// readFast returns the trees of those chunks that the fast reader can read; nil for the others.
func (c *content) readFast(chunks []chunk) []*Node {
	roots := make([]*Node, len(chunks))
	parallel.Each((len(chunks)+portion-1)/portion, func(k int) {
		var s arena
		for i := k * portion; i < min((k+1)*portion, len(chunks)); i++ {
			roots[i] = fastTree(string(chunks[i].text), c.lineBefore(chunks[i]), &s)
		}
	})
	return roots
}

// lineBefore is how many lines of the file there are before a chunk.
func (c *content) lineBefore(ch chunk) int32 { return int32(c.file.before(c.base(ch))) }

// opensJSON reports whether a text begins as a JSON object does, or a list of such.
func opensJSON(data []byte) bool {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, bom(data)))
	if len(data) > 0 && data[0] == '[' {
		data = bytes.TrimSpace(data[1:])
	}
	if len(data) == 0 || data[0] != '{' {
		return false
	}
	data = bytes.TrimSpace(data[1:])
	return len(data) > 0 && (data[0] == '"' || data[0] == '}')
}

// yaml reads one document of a YAML stream with a whole parser.
func (c *content) yaml(ch chunk) {
	var doc yaml.Node
	if err := yaml.Unmarshal(ch.text, &doc); err != nil {
		c.syntax(ch, err)
		return
	}
	if len(doc.Content) == 0 {
		return
	}
	g := &treeBuilder{file: c.file, shift: c.lineBefore(ch), arena: &c.arena}
	root := g.build(doc.Content[0])
	if at := template(ch.text); at >= 0 && g.keyIsTree {
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
