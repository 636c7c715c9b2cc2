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
	shapes  diag.List          // what is wrong with the documents by themselves, where that is wanted
	refused []*source.Document // that are wrong in a way which is not in shapes yet
	objects []*config.Object
	skipped int
	kinds   map[string]int // of the skipped documents, and of those that no check looks at; see unchecked
	found   diag.List      // by decoding

	collected []*source.Document // that say what a dump of a cluster lacks; not among the others
}

// newContent decodes the documents of a file and sets their trees aside.
func newContent(docs []*source.Document, opts Options, decode decoder) content {
	c := content{docs: docs}
	c.objects, c.skipped, c.found = decode(docs, cmp.Or(opts.Namespace, "default"))
	source.ReleaseTrees(docs)
	return c
}

// A decoder makes objects of documents and counts those that it skips.
type decoder func(docs []*source.Document, namespace string) ([]*config.Object, int, diag.List)

// unchecked counts the documents that no check looks at by their kinds, and returns the number of those that are objects of the mesh
// all the same.
func (c *content) unchecked() (objects int) {
	read := map[*source.Document]bool{}
	c.kinds = map[string]int{}
	for _, o := range c.objects {
		read[o.Doc] = true
		if o.Unchecked() {
			c.kinds[o.Kind]++
			objects++
		}
	}
	for i := range c.found {
		read[c.found[i].At.Doc] = true
	}
	for _, doc := range c.docs {
		if !read[doc] {
			c.kinds[kindOf(doc)]++
		}
	}
	return objects
}

// kindOf names the kind of a document, which may be any YAML or JSON.
func kindOf(doc *source.Document) string {
	if doc.Kind == "" || doc.APIVersion == "" {
		return "not an object"
	}
	return doc.Kind
}
