package output

import (
	"fmt"
	"io"
	"strings"

	"sem.example/internal/migrate"
)

// conversionWords are the headings of remarks.
var conversionWords = map[migrate.Level]string{
	migrate.Lost: "Does not carry over", migrate.Changed: "Means something else", migrate.Assumed: "Assumed", migrate.Kept: "Stays as it is",
}

// ConversionText prints what resources become, what does not carry over, and whether requests have the same results.
func ConversionText(w io.Writer, r *migrate.Report, look Look) error {
	var b strings.Builder
	for _, made := range r.Resources {
		from := make([]string, len(made.From))
		for i, o := range made.From {
			from[i] = o.Kind + " " + o.Namespace + "/" + o.Name
		}
		fmt.Fprintf(&b, "%s %s/%s", made.Kind, made.Namespace, made.Name)
		if len(from) > 0 {
			fmt.Fprintf(&b, "  from %s", strings.Join(from, ", "))
		}
		b.WriteString("\n")
	}
	level := migrate.Level("")
	for _, m := range r.Remarks {
		if m.Level != level {
			fmt.Fprintf(&b, "\n%s:\n", conversionWords[m.Level])
			level = m.Level
		}
		fmt.Fprintf(&b, "  %s:%d:%d: %s\n", Quote(m.Place.File), m.Place.Line, m.Place.Column, Quote(m.Message))
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	return DiffText(w, r.Diff, look)
}
