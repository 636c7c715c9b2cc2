package schema

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// edit returns the change that fixes a mistake, where only one is possible and nothing else refers to the field: a word in another
// case, and the name of a port. What has the mistake is rejected, so that nothing works yet that the change could break.
func (m mistake) edit(doc *source.Document) []diag.Change {
	at := source.Place{Doc: doc, Field: m.path}
	text := ""
	switch {
	case m.class == absent && m.missingMarker == "" && m.ofPort(doc):
		text = m.portName()
	case m.node == nil || m.node.Kind != source.String:
	case m.class == choice, m.id == unlisted.ID:
		text = m.inCase()
	case m.id == badName.ID && m.ofPort(doc) && !refersToPorts(doc):
		text = m.label()
	}
	if text == "" || m.term == nil || !m.term.accepts(source.Text(text)) {
		return nil
	}
	return []diag.Change{diag.Set(at, source.Text(text))}
}

// inCase returns the allowed word that differs from the value in case alone, or "".
func (m mistake) inCase() string {
	words := choices(m.term)
	if listed, ok := strings.CutPrefix(m.words, "must be "); ok {
		words = append(words, strings.Split(strings.ReplaceAll(listed, " or ", ", "), ", ")...)
	}
	for _, w := range words {
		if strings.EqualFold(w, m.node.Text) {
			return w
		}
	}
	return ""
}

// ofPort reports whether the field is the name of a port of a ServiceEntry or a Gateway.
func (m mistake) ofPort(doc *source.Document) bool {
	switch path, ok := strings.CutSuffix(m.path, "name"); {
	case !ok || !strings.HasSuffix(path, "."):
		return false
	case doc.Kind == "ServiceEntry":
		return strings.HasPrefix(path, "spec.ports[") && strings.HasSuffix(path, "].")
	default:
		return doc.Kind == "Gateway" && strings.HasPrefix(path, "spec.servers[") && strings.HasSuffix(path, "].port.")
	}
}

// portName names a port after its protocol and number.
func (m mistake) portName() string {
	number := m.holder.Get("number")
	if number == nil || m.holder.StringAt("protocol") == "" {
		return ""
	}
	return strings.ToLower(fmt.Sprintf("%s-%s", m.holder.StringAt("protocol"), number.Text))
}

// label is the value in the letters that a label has, or "".
func (m mistake) label() string {
	return strings.Trim(strings.ToLower(strings.NewReplacer("_", "-", ".", "-", " ", "-").Replace(m.node.Text)), "-")
}

// refersToPorts reports whether parts of a ServiceEntry, or workloads that it selects, may name its ports.
func refersToPorts(doc *source.Document) bool {
	spec := doc.Tree().Get("spec")
	endpoints := spec.Get("endpoints")
	return spec.Get("workloadSelector") != nil ||
		endpoints != nil && slices.ContainsFunc(endpoints.Items, func(e *source.Node) bool { return e.Get("ports") != nil })
}
