package schema

import (
	"fmt"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// Check returns what is wrong with the shape of a document, one finding a mistake, in the order of the file. All of it means
// that the API server or Istio's webhook rejects the document. Documents of kinds that the schema does not define have
// no findings. Check may be called concurrently.
func Check(doc *source.Document) diag.List {
	if Accepts(doc) {
		return nil
	}
	r := newReport(doc)
	if !r.plain() {
		r.askCUE()
	}
	return r.finish()
}

// finish returns all findings, in the order of the file.
func (r *report) finish() diag.List {
	r.count()
	r.found.Sort()
	return r.found
}

// A report gathers the findings of one document. CUE does not tell all at once: an error hides others of the same struct, and
// while a value is wrong, conditions that depend on it may raise errors of their own. So CUE is asked in rounds. Each round
// reports what is wrong in itself, or else what is wrong about the combination of fields, or else what is missing, and hides
// that from the next.
type report struct {
	doc        *source.Document
	definition string // that the document has to fit
	*excerpt
	term        term // of the document
	blank       map[*source.Node]patch
	seen        map[string]bool // what was reported, by mistake.identity
	gone        map[string]bool // paths of maps that were hidden, or from which rules removed a field
	unexplained []mistake       // what CUE said that another error should explain; reported only if none does
	found       diag.List

	templated bool // a placeholder was reported
}

func newReport(doc *source.Document) *report {
	name := Definition(doc)
	root := named{define("#" + name)}
	return &report{
		doc: doc, definition: name, excerpt: newExcerpt(root, stored(root, doc.Tree())), term: root,
		blank: map[*source.Node]patch{}, seen: map[string]bool{}, gone: map[string]bool{},
	}
}

// askCUE asks CUE in rounds until it brings no more.
func (r *report) askCUE() {
	for r.round() {
	}
	if len(r.found)+len(r.rest) == 0 && len(r.unexplained) > 0 {
		r.addNew(r.unexplained[:1])
	}
}

// round asks CUE once, and reports whether asking again may bring more.
func (r *report) round() bool {
	var groups [3][]mistake
	for _, e := range ask(r.definition, r.root, r.blank) {
		m := r.locate(e)
		switch {
		case m.class == nothing:
			m.class, m.words = otherError, e.Error()
			r.unexplained = append(r.unexplained, m)
		case m.class == otherError:
			r.unexplained = append(r.unexplained, m)
		case m.class == absent:
			groups[2] = append(groups[2], m)
		case m.isRule():
			groups[1] = append(groups[1], m)
		default:
			groups[0] = append(groups[0], m)
		}
	}
	for _, group := range groups {
		if r.addNew(group) {
			return true
		}
	}
	return false
}

// count reports how many items of lists and fields of maps were not looked at.
func (r *report) count() {
	for _, rest := range r.rest {
		d := diag.Diagnostic{
			Check: malformed, Admission: diag.Rejected, At: source.Place{Doc: r.doc, Field: rest.path, Key: rest.key},
			Message: fmt.Sprintf("%d more items of %s do not fit either; the first %d are explained", rest.n, called(rest.in), wrongItems),
			Help:    "correct the first ones, which are often wrong in the same way, and check again",
		}
		if rest.key {
			d.Check = unknownField
			d.Message = fmt.Sprintf("%d more fields of %s are not known; the first %d are named", rest.n, called(rest.in), wrongItems)
		}
		r.found = append(r.found, d)
	}
}

// addNew reports the mistakes that are new, and reports whether any was.
func (r *report) addNew(group []mistake) bool {
	taken := false
	for _, m := range group {
		if r.seen[m.identity()] || r.explained(m) {
			continue
		}
		if text := m.placeholder(); text != "" {
			r.unrendered(m, text)
			taken = true
			continue
		}
		d := word(r.doc, m)
		if m.class == absent && r.seen[m.parent+" "+d.Message] {
			continue // two fields of one map are missing for one reason
		}
		r.seen[m.identity()], r.seen[m.parent+" "+d.Message] = true, true
		r.found = append(r.found, d)
		r.patch(m)
		taken = true
	}
	return taken
}

// patch keeps a mistake from being found again.
func (r *report) patch(m mistake) {
	if m.class == absent || m.node == nil {
		return
	}
	r.blank[m.node], r.gone[m.path] = hide, true
	if m.class == stranger || m.isRule() {
		r.blank[m.node] = remove
	}
	if m.isRule() {
		r.gone[m.parent] = true
	}
}

// explained reports whether a field is missing only because a rule took another one of the same map away, or a condition that
// a map has to meet only because a wrong value was hidden: the map as it is written meets it.
func (r *report) explained(m mistake) bool {
	if m.class != absent {
		return false
	}
	if m.missingMarker == "" {
		return r.gone[m.parent]
	}
	s := structural(m.term)
	return r.gone[m.path] || s != nil && s.wants(m.node, m.missingMarker) == ""
}
