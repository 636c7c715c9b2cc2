package diag

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/source"
)

// A Suppressed says why a finding is not to be reported.
type Suppressed struct {
	Reason   string // as its author gave it; may be empty
	External bool   // in the settings of sem rather than in the document
}

// The annotations that suppress findings of their object. Those of istioctl and Kiali name their own codes, which the
// checks know as aliases.
var annotations = []string{"sem/ignore", "galley.istio.io/analyze-suppress", "kiali.io/ignore-validations"}

// An ignore is one wish to suppress: a comment, or an annotation.
type ignore struct {
	checks []string
	reason string
	at     source.Place
	ours   bool // rather than another tool's
	used   bool
	firm   bool // names a check that cannot be suppressed
}

// A reach is what a wish is about: a line of a file, a whole file (line 0), or a document.
type reach struct {
	file *source.File
	line int32
	doc  *source.Document
}

// wishes are all wishes of an input, in its order and by their reach.
type wishes struct {
	all []*ignore
	by  map[reach][]*ignore
}

func (w *wishes) add(r reach, wish ignore) {
	w.all = append(w.all, &wish)
	w.by[r] = append(w.by[r], &wish)
}

// Suppress marks the findings that comments of their files and annotations of their objects suppress, and returns the
// list with a finding more for each suppression that suppresses nothing.
func (l List) Suppress(in *source.Input) List {
	w := wishesOf(in)
	for i := range l {
		d := &l[i]
		file := d.At.Source()
		for _, r := range []reach{{file: file, line: d.At.Range().Line}, {file: file}, {doc: d.At.Doc.Original()}} {
			for _, wish := range w.by[r] {
				if wish.concerns(d.Check) && d.Check.Firm() {
					wish.firm = true
				} else if wish.concerns(d.Check) {
					wish.used = true
					d.Suppressed = &Suppressed{Reason: wish.reason}
				}
			}
		}
	}
	return append(l, w.unused()...)
}

func wishesOf(in *source.Input) *wishes {
	w := &wishes{by: map[reach][]*ignore{}}
	for _, f := range in.Files {
		for _, s := range f.Suppressions {
			w.add(reach{file: f, line: s.Line}, ignore{checks: s.Checks, reason: s.Reason, at: source.Place{File: f, Exact: s.Range}, ours: true})
		}
	}
	annotated := map[*source.File]bool{}
	for _, doc := range in.Documents {
		may, known := annotated[doc.File]
		if !known {
			may = mayAnnotate(doc.File.Data)
			annotated[doc.File] = may
		}
		if !may {
			continue
		}
		notes := doc.Tree().Get("metadata").Get("annotations")
		for i, key := range annotations {
			if value := notes.StringAt(key); value != "" {
				at := source.Place{Doc: doc, Field: source.Join("metadata.annotations", key)}
				w.add(reach{doc: doc}, ignore{checks: codes(value), at: at, ours: i == 0})
			}
		}
	}
	return w
}

// mayAnnotate reports whether a text may have one of the annotations: it has the key, or an escape that may stand for a part
// of it.
func mayAnnotate(text []byte) bool {
	return bytes.IndexByte(text, '\\') >= 0 || slices.ContainsFunc(annotations, func(key string) bool { return bytes.Contains(text, []byte(key)) })
}

// codes are the codes of a list with commas.
func codes(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// concerns reports whether a wish is about a check.
func (s *ignore) concerns(c *Check) bool {
	return slices.ContainsFunc(s.checks, func(code string) bool {
		return code == c.ID || !s.ours && (code == "*" || slices.Contains(c.Aliases, code))
	})
}

// unused are the findings for suppressions of ours that suppress nothing.
func (w *wishes) unused() List {
	var found List
	for _, s := range w.all {
		if s.ours && !s.used {
			message := fmt.Sprintf("unused suppression: %s reports nothing here", strings.Join(s.checks, " or "))
			if s.firm {
				message = fmt.Sprintf("%s cannot be suppressed: it reports what could not be read", strings.Join(s.checks, " and "))
			}
			found = append(found, Diagnostic{Check: UselessSuppression, At: s.at, Message: message, Edit: []Change{Remove(s.at)}})
		}
	}
	return found
}
