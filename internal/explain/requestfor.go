package explain

import (
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/diff"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// RequestFor returns the trace of a request that takes the route that a rule at a place makes, sent by a proxy of one of the classes. Not ok where the
// search within the limits finds none.
func RequestFor(w *pipeline.World, within diff.Limits, classes []pipeline.Class, at source.Place) (t *simulate.Trace, ok bool, err error) {
	search, file := diff.NewSearch(within), at.Position().File
	for _, c := range classes {
		side, err := sideOf(w, c)
		if err != nil {
			return nil, false, err
		}
		for _, r := range diff.Routes(c.Proxy, side, search) {
			written := listed(&r).Written
			if r.Trace == nil || written == nil || written.File != file || written.Name != at.Doc.Name || !below(written.Field, at.Field) {
				continue
			}
			t, err := New(w, diag.Policy{}).Trace(r.Witness, pipeline.TraceOptions{Follow: true})
			return t, err == nil, err
		}
	}
	return nil, false, nil
}

// below reports whether a path is another one, or leads into what it names.
func below(path, whole string) bool {
	rest, ok := strings.CutPrefix(path, whole)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
