package pipeline

import (
	"math"
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/parallel"
	"sem.example/internal/source"
	"sem.example/schema"
)

// explainedFindings is after how many findings a run explains no further document: an explanation asks CUE, which takes a hundred
// times as long as everything else that is done with a document.
const explainedFindings = 10_000

// checkShapes holds each document against the schema of its kind.
func checkShapes(docs []*source.Document) diag.List {
	found, refused := glance(docs)
	return append(found, slices.Concat(explain(refused, explainedFindings)...)...)
}

// glance returns what is wrong with documents, and those about which only an explanation can say it.
func glance(docs []*source.Document) (found diag.List, refused []*source.Document) {
	runs := source.Batches(docs)
	lists, others := make([]diag.List, len(runs)), make([][]*source.Document, len(runs))
	parallel.Each(len(runs), func(i int) {
		for _, doc := range runs[i] {
			shapes, all := schema.Glance(doc)
			if lists[i] = append(lists[i], shapes...); !all {
				others[i] = append(others[i], doc)
			}
		}
	})
	return slices.Concat(lists...), slices.Concat(others...)
}

// explain completes what is wrong with the documents of each file by themselves.
func (r *gathered) explain(all bool) {
	most := explainedFindings
	if all {
		most = math.MaxInt
	}
	groups := [][]content{r.files, r.clusters}
	for _, b := range r.builds {
		groups = append(groups, b.files)
	}
	for _, c := range r.named {
		groups = append(groups, c.files)
	}
	var docs []*source.Document
	for _, files := range groups {
		for i := range files {
			docs = append(docs, files[i].refused...)
		}
	}
	lists := explain(docs, most)
	for _, files := range groups {
		for i := range files {
			f := &files[i]
			n := len(f.refused)
			f.shapes = append(slices.Clip(f.shapes), slices.Concat(lists[:n]...)...) // a cache may keep the others
			f.refused, lists = nil, lists[n:]
		}
	}
}

// explain returns what is wrong with each of some documents that are, and explains no further ones where it has found so much. How
// many are explained does not depend on the number of processors.
func explain(docs []*source.Document, most int) []diag.List {
	lists := make([]diag.List, 0, len(docs))
	found := 0
	for some := range slices.Chunk(docs, 64) {
		now := make([]diag.List, len(some))
		parallel.Each(len(some), func(i int) {
			if found < most {
				now[i] = schema.Check(some[i])
			} else {
				now[i] = diag.List{schema.Refuse(some[i])}
			}
		})
		for _, list := range now {
			found += len(list)
		}
		lists = append(lists, now...)
	}
	return lists
}
