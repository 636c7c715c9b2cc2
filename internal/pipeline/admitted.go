package pipeline

import (
	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/schema"
)

// Admitted returns the world without the resources that admission rejects, as a cluster has none of them, and the finding that
// says why for each. It looks at each resource by itself.
func (w *World) Admitted() (*World, diag.List, error) {
	rejected := map[*source.Document]bool{}
	var found diag.List
	for _, o := range w.Objects {
		if o.Doc == nil || rejected[o.Doc] || schema.Accepts(o.Doc) {
			continue
		}
		for _, d := range schema.Check(o.Doc) {
			if d.Admission == diag.Rejected {
				rejected[o.Doc], found = true, append(found, d)
				break
			}
		}
	}
	if len(rejected) == 0 {
		return w, nil, nil
	}
	admitted, err := w.Without(rejected)
	return admitted, found, err
}
