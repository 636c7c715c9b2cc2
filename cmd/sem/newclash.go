package main

import (
	"fmt"
	"io"
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/recipe"
	"sem.example/internal/source"
)

// reportClashes names what files that were written and those around them get wrong together: by itself, what a recipe writes is
// right. Findings that have nothing to do with these files stay for sem validate.
func reportClashes(w io.Writer, dir string, files []recipe.File) {
	report, err := pipeline.Validate(limited(pipeline.Options{Paths: []string{dir}}), pipeline.ValidateOptions{})
	if err != nil {
		return // the files are there, and sem validate will say what is wrong
	}
	first := true
	for i := range report.Findings {
		d := &report.Findings[i]
		if d.Level() == diag.Info || d.Suppressed != nil || !touches(d, files) {
			continue
		}
		if first {
			fmt.Fprintf(w, "\nTogether with what %s has already:\n", dir)
			first = false
		}
		at := d.At.Range()
		fmt.Fprintf(w, "  %s:%d:%d: %s[%s]: %s\n", output.Quote(d.At.Source().Name), at.Line, at.Column, d.Level(), d.Check.ID, output.Quote(d.Message))
	}
}

// touches reports whether a finding is about one of the files.
func touches(d *diag.Diagnostic, files []recipe.File) bool {
	among := func(p source.Place) bool {
		at := p.Source()
		return at != nil && slices.ContainsFunc(files, func(f recipe.File) bool { return f.Name == at.Name })
	}
	return among(d.At) || slices.ContainsFunc(d.Related, func(r diag.Related) bool { return among(r.Place) })
}
