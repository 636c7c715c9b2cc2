package fix

import (
	"strings"

	"sem.example/internal/lazy"
	"sem.example/internal/source"
)

// A writer writes values on one line, in the style of the text around them.
type writer struct{ quoted bool } // strings and keys in double quotes, as JSON has them

// bare is a string that needs no quotes anywhere in YAML, if it does not read as something else.
var bare = lazy.Regexp(`^[A-Za-z0-9_][A-Za-z0-9._/-]*$`)

func (w writer) text(s string) string {
	if !w.quoted && bare().MatchString(s) && source.Plain(s) {
		return s
	}
	return string(source.Text(s).AppendJSON(nil))
}

func (w writer) value(n *source.Node) string {
	switch n.Kind {
	case source.String:
		return w.text(n.Text)
	case source.Map:
		var parts []string
		for _, f := range n.Fields {
			parts = append(parts, w.text(f.Key)+": "+w.value(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return string(n.AppendJSON(nil))
}

// like writes a value in place of another text: a string keeps its quotes.
func (w writer) like(old string, n *source.Node) string {
	switch {
	case n.Kind != source.String || old == "":
	case old[0] == '"':
		return writer{quoted: true}.value(n)
	case old[0] == '\'' && !strings.ContainsAny(n.Text, "'\n"):
		return "'" + n.Text + "'"
	}
	return w.value(n)
}
