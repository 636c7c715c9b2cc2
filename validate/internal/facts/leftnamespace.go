package facts

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// DoubtNamespaces makes warnings of errors that rest on two documents of unrelated folders, both without a namespace, and infos of
// warnings: whoever applies them decides whether they meet.
func DoubtNamespaces(s *Documents, found diag.List) {
	if s.Registry != "" || s.Traced || s.NamespaceStated {
		return
	}
	for i := range found {
		d := &found[i]
		if d.At.Doc == nil || !slices.ContainsFunc(d.Related, func(r diag.Related) bool { return mayNotMeet(d.At.Doc, r.Place.Doc) }) {
			continue
		}
		switch d.Level() {
		case diag.Error:
			d.Severity = diag.Warning
		case diag.Warning:
			d.Severity = diag.Info
		}
	}
}

// mayNotMeet reports whether two documents are applied to the same namespace only if whoever applies them wants it so.
func mayNotMeet(a, b *source.Document) bool {
	return leftToApply(a) && leftToApply(b) && unrelatedFolders(a, b)
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
