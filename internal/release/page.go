package release

import (
	"fmt"
	"maps"
	"slices"
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
with a variable that are newer than that release. A variable that changes results and governs no row is named in the answer as
not modelled ([SEM348](checks.md#sem348)) unless it has its default; a name that istiod does not have is an error in
` + "`--istiod-env`" + `.

[` + "`sem upgrade`" + `](upgrade.md) shows which rows matter for a mesh.

Each row is what the release and those after it do, and earlier ones do not. What is off by default is done where its
variable is true.

The rows of fields, defaults and clusters were compared with what istiods of these releases send and admit. Those of the Gateway
API, of networks and of EnvoyFilters follow Istio's source.

| id | since | change | kind | variable |
| --- | --- | --- | --- | --- |
`)
	for _, c := range table {
		text := c.Text
		if c.Ignored != "" && len(c.Fields) > 0 {
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
	out.WriteString(`
## Variables that are not modelled

These variables of istiod change what proxies are sent or what is admitted. sem answers as with their defaults, and says so
where one has another value. All other variables are about certificates, injection, caches, limits, metrics, ambient mode or
istiod's own server.

| variable | default |
| --- | --- |
`)
	for _, name := range slices.Sorted(maps.Keys(notModelled)) {
		usual := notModelled[name]
		if usual != "" {
			usual = "\x60" + usual + "\x60"
		}
		fmt.Fprintf(&out, "| \x60%s\x60 | %s |\n", name, usual)
	}
	return out.String()
}
