package output

import (
	"fmt"

	"sem.example/internal/source"
)

// templatePlace returns where a place is for those who look at a repository: what a tool rendered to standard input is in no file, so its
// template is named, as a whole. The third result is the place in what was rendered; "" for what is in a file.
func templatePlace(p source.Place) (file string, at source.Range, rendered string) {
	file, at = fileName(p.Source()), p.Range()
	if p.Doc == nil || p.Doc.Label == "" || file != "stdin" {
		return file, at, ""
	}
	return p.Doc.Label, source.Range{}, fmt.Sprintf("%s:%d:%d", file, at.Line, at.Column)
}
