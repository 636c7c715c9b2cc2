package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/simulate"
)

// advise replaces what helps in general where a call fails by what helps with these documents.
func advise(t *simulate.Trace) {
	if t.Verdict.Succeeded() {
		return
	}
	if fix := helpOf(t.Warnings, diag.Error); fix != "" {
		t.Fix = fix
		return
	}
	if p := lastUnused(&t.Hops[len(t.Hops)-1]); p != nil {
		if strings.HasPrefix(p.Note, "distribute ") {
			t.Fix = localityRemedy(&t.Hops[len(t.Hops)-1], p)
			return
		}
		t.Fix = fmt.Sprintf("%s is not used: %s; change that, or %s", documentOf(p), p.Note, cmp.Or(t.Fix, "write another"))
		return
	}
	t.Fix = cmp.Or(helpOf(atLastStep(t), diag.Warning), t.Fix, helpOf(t.Warnings, diag.Warning))
}

// localityRemedy is what gives endpoints a share that distribute leaves out.
func localityRemedy(h *simulate.Hop, endpoint *simulate.Place) string {
	shares, _, _ := strings.Cut(strings.TrimPrefix(endpoint.Note, "distribute gives shares to "), " only")
	return fmt.Sprintf("give %s of %s a locality in %s (locality of the endpoint, or region and zone of the Pod's node), or add its locality to distribute in %s",
		endpoint.Field, documentOf(endpoint), shares, document(h, "endpoint", "the settings"))
}

// lastUnused is the document that is not used at the last decision that has one.
func lastUnused(h *simulate.Hop) *simulate.Place {
	for _, s := range slices.Backward(h.Steps) {
		for i := range s.Origins {
			if p := &s.Origins[i]; p.Role == overridden && p.Note != "" {
				return p
			}
		}
	}
	return nil
}

// atLastStep are the warnings about the decision at which the call ends. Those about earlier decisions, which the call has
// passed, need not be why it fails.
func atLastStep(t *simulate.Trace) []simulate.Warning {
	steps := t.Hops[len(t.Hops)-1].Steps
	return slices.DeleteFunc(slices.Clone(t.Warnings), func(w simulate.Warning) bool {
		return len(steps) == 0 || w.Step != steps[len(steps)-1].Stage
	})
}

// helpOf is the help of the warnings of a severity, each with the field that it is about.
func helpOf(all []simulate.Warning, s diag.Severity) string {
	var out []string
	for _, w := range all {
		if w.Severity == string(s) && w.Origin != nil && w.Help != "" {
			out = append(out, fmt.Sprintf("in %s %s: %s", documentOf(w.Origin), w.Origin.Field, asClause(w.Help)))
		}
	}
	return strings.Join(out, "; or ")
}

// asClause is a sentence in the form that it has within another.
func asClause(s string) string {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
