package schema

import (
	"fmt"
	"regexp"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// placeholder matches what templates put where a value belongs: {{ .Values.host }}, ${HOST}, $(HOST), <HOST>.
var placeholder = regexp.MustCompile(`\{\{.*?\}\}|\$\{[A-Za-z_][^{}]*\}|\$\([A-Za-z_][A-Za-z0-9_.-]*\)|<[A-Za-z][A-Za-z0-9 _.-]*>`)

// placeholder returns the placeholder for which a value does not fit, or "".
func (m mistake) placeholder() string {
	if m.node == nil || m.node.Kind != source.String || m.isRule() || m.class < misfit || m.class > limited {
		return ""
	}
	return placeholder.FindString(m.node.Text)
}

// unrendered reports, once a document, that it is a template. What does not fit because of that is not reported.
func (r *report) unrendered(m mistake, text string) {
	if !r.templated {
		r.found = append(r.found, diag.Diagnostic{
			Check: diag.Template, Admission: diag.Rejected, At: source.Place{Doc: r.doc, Field: m.path},
			Message: fmt.Sprintf("the document is a template: %q was not filled in", shorten(text)),
			Help:    "render it first, for example with helm template, kustomize or envsubst, and validate the result",
		})
	}
	r.templated, r.seen[m.identity()] = true, true
	r.patch(m)
}
