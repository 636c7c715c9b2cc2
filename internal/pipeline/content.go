package pipeline

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// leaveOut returns the files without the objects of some documents.
func leaveOut(files []content, documents map[*source.Document]bool) []content {
	out := slices.Clone(files)
	for i := range out {
		out[i].objects = slices.DeleteFunc(slices.Clone(out[i].objects), func(o *config.Object) bool { return documents[o.Doc] })
	}
	return out
}

// content is what the documents of a file come to.
type content struct {
	docs    []*source.Document
	shapes  diag.List // what is wrong with the documents by themselves, where that is wanted
	objects []*config.Object
	skipped int
	found   diag.List // by decoding
}

// take decodes the documents of a file and sets their trees aside.
func take(docs []*source.Document, opts Options, decode decoder) content {
	c := content{docs: docs}
	c.objects, c.skipped, c.found = decode(docs, cmp.Or(opts.Namespace, "default"))
	source.ReleaseTrees(docs)
	return c
}

// A decoder makes objects of documents and counts those that it skips.
type decoder func(docs []*source.Document, namespace string) ([]*config.Object, int, diag.List)
