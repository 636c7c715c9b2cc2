package facts

import (
	"path"
	"path/filepath"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// DoubtNamespaces makes warnings of errors that rest on two documents of unrelated folders, both without a namespace: whoever applies
// them decides whether they meet.
func DoubtNamespaces(s *Documents, found diag.List) {
	if s.Registry != "" || s.Traced || s.NamespaceStated {
		return
	}
	for i := range found {
		d := &found[i]
		if d.Level() != diag.Error || d.At.Doc == nil {
			continue
		}
		for _, r := range d.Related {
			if leftToApply(d.At.Doc) && leftToApply(r.Place.Doc) && unrelatedFolders(d.At.Doc, r.Place.Doc) {
				d.Severity = diag.Warning
			}
		}
	}
}

// leftToApply reports whether the namespace of a document is that of the command which applies it.
func leftToApply(doc *source.Document) bool {
	return doc != nil && doc.Namespace == "" && doc.Kind != "Namespace"
}

// unrelatedFolders reports whether two documents are in folders of which neither holds the other.
func unrelatedFolders(a, b *source.Document) bool {
	x, y := folderOf(a), folderOf(b)
	return !strings.HasPrefix(x, y) && !strings.HasPrefix(y, x)
}

// folderOf is the folder of a document's file, with a slash at its end; "" for the current one.
func folderOf(doc *source.Document) string {
	dir := path.Dir(filepath.ToSlash(filepath.Clean(doc.File.Name)))
	if dir == "." {
		return ""
	}
	return strings.TrimSuffix(dir, "/") + "/"
}
