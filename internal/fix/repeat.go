package fix

import (
	"bytes"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// A File is a file with its fixes.
type File struct {
	Name          string
	Before, After []byte
	Fixed         map[string]int // how many findings, by check
}

// mostRounds bounds how often what was fixed is validated and fixed again.
const mostRounds = 10

// Repeat fixes what validation finds, and validates again until that changes nothing more: fixes that are about the same place are
// made one after the other. Nothing is written: validate is given the texts that files have by now, by name, and returns the
// findings to fix. May says which files are to be fixed. The last validation is that of the result.
func Repeat(validate func(edited map[string][]byte) ([]*diag.Diagnostic, error), may func(*source.File) bool) ([]*File, error) {
	r := rounds{may: may, byName: map[string]*File{}}
	edited := map[string][]byte{}
	for range mostRounds {
		found, err := validate(edited)
		if err != nil {
			return nil, err
		}
		if !r.round(found, edited) {
			return r.files, nil
		}
	}
	_, err := validate(edited)
	return r.files, err
}

type rounds struct {
	may    func(*source.File) bool
	files  []*File
	byName map[string]*File
}

// round makes fixes, and reports whether a text has changed.
func (r *rounds) round(found []*diag.Diagnostic, edited map[string][]byte) bool {
	changed := false
	for _, text := range Apply(found) {
		f := r.byName[text.File.Name]
		switch {
		case f == nil && !r.may(text.File), f != nil && bytes.Equal(text.Data, f.After):
			continue
		case f == nil:
			f = &File{Name: text.File.Name, Before: text.File.Data, Fixed: map[string]int{}}
			r.files, r.byName[f.Name] = append(r.files, f), f
		}
		changed = true
		f.After, edited[f.Name] = text.Data, text.Data
		for _, d := range text.Fixed {
			f.Fixed[d.Check.ID]++
		}
	}
	return changed
}
