package output

import (
	"fmt"
	"io"
	"strings"

	"sem.example/schema"
)

// Field prints the documentation of a field for people, and a line for each of its own fields.
func Field(w io.Writer, f schema.Field, look Look) error {
	p := look.palette(w)
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", p.strong.Render(f.Path), p.dim.Render(strings.Join(facts(f), ", ")))
	paragraph(&b, "", f.Text, look)
	paragraph(&b, "", f.Form, look)
	if len(f.Values) > 0 {
		paragraph(&b, "Values: ", strings.Join(f.Values, ", "), look)
	}
	if len(f.Fields) > 0 {
		b.WriteString("\nFields:\n")
	}
	for _, sub := range f.Fields {
		inner(&b, sub, p, look)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// facts are the type of a field and whether it can be left out.
func facts(f schema.Field) []string {
	found := []string{f.Type}
	if f.Required {
		found = append(found, "required")
	}
	if f.Default != "" {
		found = append(found, "default: "+f.Default)
	}
	return found
}

// inner prints a field of the field that is explained.
func inner(b *strings.Builder, f schema.Field, p palette, look Look) {
	fmt.Fprintf(b, "  %s  %s\n", p.strong.Render(f.Name), p.dim.Render(strings.Join(facts(f), ", ")))
	for _, line := range wrap(f.Text, min(look.columns(), 100)-6) {
		b.WriteString("      " + line + "\n")
	}
}
