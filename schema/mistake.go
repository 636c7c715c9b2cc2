package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/errors"

	"sem.example/internal/lazy"
	"sem.example/internal/source"
)

// A class is the kind of a mistake.
type class uint8

const (
	nothing    class = iota // not worth a finding: another error says it
	stranger                // a field that the schema does not know
	badKey                  // a key that its map does not allow
	absent                  // a required field that is not there
	misfit                  // a value of another type
	choice                  // none of the allowed values
	worded                  // the schema words it: error("SEMnnn: …")
	limited                 // beyond a limit that has no words
	otherError              // anything else
)

// A mistake is one error of CUE, found in the document.
type mistake struct {
	class         class
	path          string       // of the field
	parent        string       // of the map or list that holds it
	name          string       // what to call it: "hosts", or "hosts[0]"
	node          *source.Node // nil where the document has no such field
	holder        *source.Node // the map or list that holds it
	term          term         // what the schema says of the field; nil where it knows no such field
	terms         conj         // all that the schema may say of it, guards included
	ancestors     []level      // the maps and lists around, from the document down
	missingMarker string       // the hidden field whose absence is the mistake
	id            string       // of the check that the schema names
	words         string       // of the schema, or of the limit
}

// A level is a map or list on the way to a mistake.
type level struct {
	path string
	term term
}

// within is what the schema says of the map or list that holds the field.
func (m mistake) within() term {
	if len(m.ancestors) == 0 {
		return nil
	}
	return m.ancestors[len(m.ancestors)-1].term
}

// identity tells mistakes apart. There is one a field, except that rules about a combination of fields count by themselves.
func (m mistake) identity() string {
	if m.isRule() {
		return m.path + " " + m.id
	}
	return m.path + " " + m.missingMarker
}

// isRule reports whether a mistake is about a combination of fields rather than one value.
func (m mistake) isRule() bool {
	return m.class == worded && (m.id == exclusive.ID || m.id == annotation.ID || m.id >= firstRule)
}

// key is the name of the field in its map, as it is written.
func (m mistake) key() string {
	if m.holder != nil {
		for _, f := range m.holder.Fields {
			if f.Value == m.node {
				return f.Key
			}
		}
	}
	return m.name
}

// locate finds the field that an error of CUE is about, and what kind of mistake it is.
func (r *report) locate(e errors.Error) mistake {
	m := mistake{node: r.root, term: r.term, terms: conj{r.term}}
	path := e.Path()
	if len(path) == 0 || path[0] != "#"+r.definition {
		return m // it is about a definition
	}
	for _, label := range path[1:] {
		if !m.descend(label, r.position) {
			break
		}
	}
	m.classify(e)
	return m
}

// descend follows one step of an error's path, and reports whether it leads on. Position is where an item is in the
// document's list.
func (m *mistake) descend(label string, position func(list *source.Node, i int) int) bool {
	key, i, ok := step(label, m.node)
	if !ok {
		if strings.HasPrefix(label, "_") {
			m.missingMarker = label
		}
		return false
	}
	m.enter(key, i, position)
	return m.term != nil || m.holder != nil && m.holder.Kind == source.List
}

// enter goes to a field of a map, or to an item of a list.
func (m *mistake) enter(key string, i int, position func(list *source.Node, i int) int) {
	m.ancestors = append(slices.Clip(m.ancestors), level{m.path, m.term})
	m.parent, m.holder = m.path, m.node
	if m.node != nil && m.node.Kind == source.List {
		at := position(m.node, i)
		m.path, m.name = source.Index(m.path, at), source.Index(m.name, at)
		m.node, m.term, m.terms = m.node.Items[i], itemOf(m.term), reach(m.terms, "", true)
		return
	}
	m.path, m.name = source.Join(m.path, key), key
	if isMapOf(m.term) {
		m.name = source.Join(lastStep(m.parent), key)
	}
	m.node, m.term, m.terms = m.node.Get(key), fieldOf(m.term, key), reach(m.terms, key, false)
}

// classify finds out what kind of mistake an error of CUE is. Its words vary, so they are asked last.
func (m *mistake) classify(e errors.Error) {
	format, args := e.Msg()
	switch text := fmt.Sprintf(format, args...); {
	case m.term == nil:
		m.class = stranger
		m.badKey()
	case strings.HasPrefix(text, "field is required"):
		m.class = absent
	case m.node == nil:
		m.class = nothing
	case kindsOf(m.term) != 0 && !kindsOf(m.term).has(m.node.Kind) || m.fraction():
		m.class = misfit
	case strings.Contains(format, "errors in empty disjunction"):
		m.class = nothing
	case wording().MatchString(text):
		m.worded(text)
	default:
		m.limit(text)
	}
}

// wording is the form of what the schema says in error("…").
var wording = lazy.Regexp(`^SEM\d{3}: `)

// badKey recognizes a key that its map does not allow, and finds the words for it.
func (m *mistake) badKey() {
	s := structural(m.within())
	if s == nil || len(s.patterns) == 0 || len(s.fields) > 0 {
		return
	}
	m.class = badKey
	if text := wordsOf(s.patterns[0].key); wording().MatchString(text) {
		m.id, m.words = text[:6], text[8:]
	}
}

// worded takes the schema's words. Where a constraint next to a disjunction fails, CUE repeats the words of the disjunction
// though the value satisfies it, and says nothing of the constraint; then the words are those of the constraint.
func (m *mistake) worded(text string) {
	m.class, m.id, m.words = worded, text[:6], text[8:]
	own := culprit(m.term, m.node)
	scalar := m.node.Kind != source.Map && m.node.Kind != source.List
	switch {
	case satisfied(m.terms, text, m.node), m.isRule() && own != nil && scalar:
		m.blame(own)
	case m.id == unlisted.ID && len(choices(m.term)) > 0:
		m.class = choice
	}
}

// culprit returns the part of a term that does not accept a value, or nil.
func culprit(t term, n *source.Node) term {
	t = resolve(t)
	if t == nil || t.accepts(n) {
		return nil
	}
	if c, ok := t.(conj); ok {
		for _, part := range c {
			if found := culprit(part, n); found != nil {
				return found
			}
		}
	}
	return t
}

// blame takes the words of the part of the schema that does not accept the value.
func (m *mistake) blame(part term) {
	m.class = nothing
	switch part := part.(type) {
	case validator:
		if l := limits[part.name]; l.words != "" {
			m.class, m.id, m.words = limited, l.id, sizeWords(l.words, strconv.FormatInt(part.limit, 10), l.of)
		}
	case bound:
		m.class, m.id, m.words = limited, outOfRange.ID, boundWords(part.op+strconv.FormatFloat(part.limit, 'f', -1, 64))
	case other:
		m.class, m.id, m.words = limited, tooLong.ID, boundWords("!="+strconv.Quote(string(part)))
	case disj, measured, never:
		if text := wordsOf(part); text != "" {
			m.class, m.id, m.words = worded, text[:6], text[8:]
		}
	}
	if len(choices(m.term)) > 0 && m.id == unlisted.ID {
		m.class = choice
	}
}

// fraction reports whether the field has a fraction where a whole number belongs.
func (m *mistake) fraction() bool {
	return m.node.Kind == source.Number && !whole(m.node.Text) && integral(m.term)
}
