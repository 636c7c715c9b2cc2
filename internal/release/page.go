package release

import (
	"fmt"
	"strings"
)

// Page returns the table in Markdown, newest release first.
func Page() string {
	var out strings.Builder
	out.WriteString(`# Releases of Istio

sem answers for the newest release that it knows, ` + names[0] + `, unless ` + "`--istio`" + ` (or ` + "`istio:` in `.sem.yaml`" + `) names another one: ` +
		strings.Join(names[1:], ", ") + `. A field that the release does not know is left out of what is
compiled, and is a finding; so is a document that its webhook refuses, which takes no part in the mesh at all.

` + "`--istiod-env NAME=VALUE`" + ` sets a row that a variable of istiod's environment governs.

Each row is what the release and those after it do, and earlier ones do not. What is off by default is done where its
variable is true.

| since | change | kind | variable |
| --- | --- | --- | --- |
`)
	for _, c := range table {
		text := c.Text
		if c.Ignored != "" && c.Field != "" {
			text += " " + c.Ignored + " admits it without effect."
		}
		if c.Unjudged {
			text += " (From the documentation of the API: no istiod has confirmed it.)"
		}
		variable := ""
		if c.Env != "" {
			variable = "`" + c.Env + "`"
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", c.Since, text, c.Kind, variable)
	}
	return out.String()
}
