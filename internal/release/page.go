package release

import (
	"fmt"
	"strings"
)

// Page returns the table in Markdown, newest release first.
func Page() string {
	var out strings.Builder
	out.WriteString(`# Releases of Istio

sem answers for one release of Istio: the one that ` + "`--istio`" + ` or ` + "`istio:` in `.sem.yaml`" + ` names, else the one that the input
shows, else the newest that it knows, ` + names[0] + `. The others are ` + strings.Join(names[1:], ", ") + `. The answer names the release, its Envoy and why
it is this one: ` + "`istio`, `envoy` and `istioBecause` in JSON, and in text a line at the end unless it is plainly the newest" + `.

The input shows the release by, in this order:

1. the image of istiod in a Deployment (` + "`docker.io/istio/pilot:1.30.3`" + `);
2. the tag in an IstioOperator, or in the values of the chart that ` + "`--mesh-config`" + ` names;
3. a revision that is named after a release (` + "`1-30-3`" + `);
4. the image of the proxies in Pods and Deployments; for a config dump, ` + "`ISTIO_VERSION`" + ` in the metadata of its node.

Where these contradict each other or ` + "`--istio`" + `, there is a finding ([SEM331](checks.md#sem331)) with the places.

A field that the release does not know is left out of what is compiled, and is a finding; so is a document that its webhook
refuses, which takes no part in the mesh at all. A field that the release admits and ignores is a finding of another kind.

` + "`--istiod-env NAME=VALUE`" + ` sets a row that a variable of istiod's environment governs; so do the environment of istiod's
Deployment and ` + "`pilot.env`" + ` in the input. ` + "`compatibilityVersion: \"1.29\"`" + ` in an IstioOperator or in the values turns off all rows
with a variable that are newer than that release. Other variables of istiod are not read.

[` + "`sem upgrade`" + `](upgrade.md) shows which rows matter for a mesh.

Each row is what the release and those after it do, and earlier ones do not. What is off by default is done where its
variable is true.

| id | since | change | kind | variable |
| --- | --- | --- | --- | --- |
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
		fmt.Fprintf(&out, "| \x60%s\x60 | %s | %s | %s | %s |\n", c.ID, c.Since, text, c.Kind, variable)
	}
	return out.String()
}
