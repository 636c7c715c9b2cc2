package suite

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// A reader takes a file of tests apart and notes what it does not understand.
type reader struct {
	doc    *source.Document
	file   *File
	common *source.Node // the request that all cases begin with
	alone  bool
	faults int // that were met; one of the common request is met in every case
	found  diag.List
}

func (r *reader) fault(at source.Range, format string, args ...any) {
	r.faults++
	d := diag.Diagnostic{Check: diag.BadTest, Message: fmt.Sprintf(format, args...), At: source.Place{File: r.file.text, Exact: firstLine(at)}}
	if !slices.ContainsFunc(r.found, func(old diag.Diagnostic) bool { return old.Message == d.Message && old.At == d.At }) {
		r.found = append(r.found, d)
	}
}

// firstLine is the part of a range that is on its first line.
func firstLine(at source.Range) source.Range {
	if at.EndLine > at.Line {
		at.EndLine, at.EndColumn = at.Line, at.Column+1
	}
	return at
}

// A part reads the value of a field.
type part struct {
	key  string
	read func(*source.Node)
}

// fields gives each field of a map to its reader, and tells of those that have none.
func (r *reader) fields(n *source.Node, what string, parts ...part) {
	if n.Kind != source.Map {
		r.fault(n.Range, "%s is a map, not a %s", what, n.Kind)
		return
	}
	var keys []string
	for _, p := range parts {
		keys = append(keys, p.key)
	}
	for _, f := range n.Fields {
		if !slices.Contains(keys, f.Key) {
			r.fault(f.Range, "%s has no field %q: %s", what, f.Key, among(f.Key, keys))
		}
	}
	for _, p := range parts { // in their own order: a file's common request comes before its tests, wherever it stands
		if v := n.Get(p.key); v != nil && v.Kind != source.Null {
			p.read(v)
		}
	}
}

// among names the word that a mistyped one most likely means, or all.
func among(word string, words []string) string {
	if near := diag.Nearest(word, words); near != "" {
		return "did you mean " + near + "?"
	}
	return "use " + strings.Join(words, ", ")
}

// key is a key as its author wrote it: retries have a field called on, which YAML 1.1 takes for true.
func (r *reader) key(f source.Field) string {
	if from, to := r.file.text.Span(f.Range); f.Key == "true" || f.Key == "false" {
		return strings.Trim(string(r.file.text.Data[from:to]), `"'`)
	}
	return f.Key
}

// scalar is a value as its author wrote it.
func (r *reader) scalar(n *source.Node, what string) string {
	if n.Kind >= source.List {
		r.fault(n.Range, "%s is a text, not a %s", what, n.Kind)
		return ""
	}
	return r.doc.ScalarText(n)
}

func (r *reader) boolean(n *source.Node, what string) bool {
	if n.Kind != source.Bool {
		r.fault(n.Range, "%s is true or false, not a %s", what, n.Kind)
	}
	return n.Text == "true"
}

// texts are the values of a list of scalars, or of one.
func (r *reader) texts(n *source.Node, what string) []string {
	var out []string
	for _, item := range alternatives(n) {
		out = append(out, r.scalar(item, what))
	}
	return out
}

// alternatives are the items of a list; anything else is the only one.
func alternatives(n *source.Node) []*source.Node {
	if n.Kind == source.List {
		return n.Items
	}
	return []*source.Node{n}
}
