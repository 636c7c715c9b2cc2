package pipeline

import (
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// Admitted returns the world without the resources that admission rejects, as a cluster has none of them, and the finding that
// says why for each.
func (w *World) Admitted() (*World, diag.List, error) {
	var documents []*source.Document
	for _, o := range w.Objects {
		if o.Doc != nil {
			documents = append(documents, o.Doc)
		}
	}
	found := Rejections(w.FindingsAbout(documents, func(c *diag.Check) bool { return c.Rejects }))
	if len(found) == 0 {
		return w, nil, nil
	}
	rejected := map[*source.Document]bool{}
	for i := range found {
		rejected[found[i].At.Doc] = true
	}
	admitted, err := w.Without(rejected)
	return admitted, found, err
}

// Rejections returns the first finding for which admission rejects each document. A suppressed finding counts: it silences sem,
// not the API server.
func Rejections(found diag.List) diag.List {
	seen := map[*source.Document]bool{}
	return slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool {
		again := d.Admission != diag.Rejected || d.At.Doc == nil || seen[d.At.Doc]
		seen[d.At.Doc] = seen[d.At.Doc] || !again
		return again
	})
}
