package output

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"sem.example/internal/diag"
)

// Escapes of workflow commands: in the message and, with two characters more, in a property.
var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// GitHub prints a report as workflow commands, which GitHub Actions shows as annotations of a change.
func GitHub(w io.Writer, r *diag.Report) error {
	var b strings.Builder
	for i := range r.Findings {
		if d := &r.Findings[i]; d.Suppressed == nil {
			command(&b, d)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func command(b *strings.Builder, d *diag.Diagnostic) {
	name := string(d.Level())
	if d.Level() == diag.Info {
		name = "notice"
	}
	file, at, rendered := templatePlace(d.At)
	properties := []string{"file=" + githubProperty.Replace(Quote(filepath.ToSlash(file)))}
	if at.Known() {
		properties = append(properties, fmt.Sprintf("line=%d,col=%d,endLine=%d", at.Line, at.Column, at.EndLine))
		if at.EndLine == at.Line && at.EndColumn > at.Column { // the last column is included
			properties = append(properties, fmt.Sprintf("endColumn=%d", at.EndColumn-1))
		}
	}
	properties = append(properties, "title="+githubProperty.Replace(d.Check.ID+" "+d.Check.Title))
	text := Quote(d.Message) + "\n" + Quote(d.Advice())
	if rendered != "" {
		text += "\nrendered: " + rendered
	}
	fmt.Fprintf(b, "::%s %s::%s\n", name, strings.Join(properties, ","), githubText.Replace(text))
}
