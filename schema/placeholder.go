package schema

import (
	"fmt"

	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/internal/source"
)

// placeholder matches what templates put where a value belongs: {{ .Values.host }}, ${HOST}, $(HOST), <HOST>.
var placeholder = lazy.Regexp(`\{\{.*?\}\}|\$\{[A-Za-z_][^{}]*\}|\$\([A-Za-z_][A-Za-z0-9_.-]*\)|<[A-Za-z][A-Za-z0-9 _.-]*>`)

// label matches a label of a host name that a script is to replace: frontend.SHOP_NAMESPACE.svc.cluster.local.
var label = lazy.Regexp(`\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b`)

// placeholder returns the placeholder for which a value does not fit, or "". What only a set of fields may not have is wrong
// whatever its value is.
func (m mistake) placeholder() string {
	switch {
	case m.node == nil || m.node.Kind != source.String || m.class < misfit || m.class > limited:
		return ""
	case m.isRule() && !valueRules[m.id]:
		return ""
	}
	if text := placeholder().FindString(m.node.Text); text != "" || m.id != badHost.ID {
		return text
	}
	return label().FindString(m.node.Text)
}

// valueRules are the rules about the form of one value, which another field decides.
var valueRules = map[string]bool{"SEM047": true, "SEM048": true, "SEM049": true}

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
