package schema

import (
	"fmt"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// Glance is [Check] without what costs a hundred times as much. It reports whether it found all: where it did not, it found nothing,
// and the document is wrong all the same.
func Glance(doc *source.Document) (found diag.List, all bool) {
	if Accepts(doc) {
		return nil, true
	}
	r := newReport(doc)
	if !r.plain() {
		return nil, false
	}
	return r.finish(), true
}

// Refuse is the finding about a document that is wrong, and of which Check is not asked what is: a run cannot explain any number
// of documents.
func Refuse(doc *source.Document) diag.Diagnostic {
	name := Definition(doc)
	root := named{define("#" + name)}
	top, deep := fault(root, stored(root, doc.Tree()))
	d := diag.Diagnostic{
		Check: malformed, Admission: diag.Rejected, At: source.Place{Doc: doc, Field: top},
		Message: fmt.Sprintf("%s does not fit; it is not explained why, because the input has many mistakes", called(top)),
		Help:    "correct the mistakes that are explained, which are often the same, and check again; --all explains all",
	}
	if deep != top {
		d.Related = []diag.Related{{Place: source.Place{Doc: doc, Field: deep}, Note: "this is the first value that does not fit"}}
	}
	return d
}

// fault returns the paths of the outermost and of the innermost value that does not fit a term by itself. Both are "" where all
// values fit, and the way in which they are combined does not.
func fault(t term, n *source.Node) (top, deep string) {
	for {
		inner, value, path := faultIn(t, n, deep)
		if inner == nil {
			return top, deep
		}
		if top == "" {
			top = path
		}
		t, n, deep = inner, value, path
	}
}

// faultIn returns the first field or item of a value that does not fit, with its term and path, or nil.
func faultIn(t term, n *source.Node, path string) (term, *source.Node, string) {
	if item := itemOf(t); item != nil {
		for i, value := range n.Items {
			if !item.accepts(value) {
				return item, value, source.Index(path, i)
			}
		}
	}
	for i := range n.Fields {
		f := &n.Fields[i]
		if inner := fieldOf(t, f.Key); inner != nil && !inner.accepts(f.Value) {
			return inner, f.Value, source.Join(path, f.Key)
		}
	}
	return nil, nil, ""
}
