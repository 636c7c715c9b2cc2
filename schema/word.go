package schema

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// word makes a finding of a mistake.
func word(doc *source.Document, m mistake) diag.Diagnostic {
	d := diag.Diagnostic{Admission: diag.Rejected, At: source.Place{Doc: doc, Field: m.path}}
	switch m.class {
	case stranger:
		wordStranger(&d, m)
	case absent:
		wordAbsent(&d, m)
	case misfit:
		wordMisfit(&d, m)
	case choice:
		d.Check, d.Help = unlisted, meant(m.node.Text, choices(m.term))
		d.Message = m.subject() + " must be " + either(choices(m.term))
	case badKey:
		d.Check, d.At.Key = byID(m.id, malformed), true
		d.Message = fmt.Sprintf("key %q %s", m.key(), m.words)
	case worded, limited:
		d.Check, d.Help = byID(m.id, outOfRange), advice(m)
		d.Message = m.subject() + " " + m.words
	default:
		d.Check = malformed
		d.Message = m.subject() + " is not valid: " + m.words
	}
	d.Edit = m.edit(doc)
	return d
}

// subject names the field, with its value where that is short.
func (m mistake) subject() string {
	name := m.name
	if name == "" {
		name = m.doc()
	}
	if m.node == nil || strings.HasPrefix(m.words, "and ") { // "prefix and exact are mutually exclusive" is not about a value
		return name
	}
	switch m.node.Kind {
	case source.String:
		return fmt.Sprintf("%s %q", name, shorten(m.node.Text))
	case source.Number, source.Bool:
		return name + " " + m.node.Text
	}
	return name
}

// doc is what a message calls the whole resource.
func (mistake) doc() string { return "the resource" }

// shorten cuts a text that is too long for a message.
func shorten(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// either joins words as "a, b or c".
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
