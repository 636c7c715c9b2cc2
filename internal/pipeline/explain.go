package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// Explain adds to a trace what only the documents can tell: those that might have decided about the call and do not, each
// with the reason, and what validation finds of those that decide. Where the call fails, the advice becomes that of the
// documents.
func (w *World) Explain(t *simulate.Trace, policy diag.Policy) {
	w.named(t)
	for i := range t.Hops {
		if v, err := w.View(t.Hops[i].Proxy); err == nil {
			a := account{view: v, trace: t, hop: &t.Hops[i]}
			a.explain()
		}
	}
	w.remark(t, policy)
	advise(t)
}

// advise replaces what helps a call that fails in general by what helps with these documents.
func advise(t *simulate.Trace) {
	if t.Verdict.Succeeded() {
		return
	}
	if fix := gravest(t.Warnings, diag.Error); fix != "" {
		t.Fix = fix
		return
	}
	last := &t.Hops[len(t.Hops)-1]
	for _, s := range slices.Backward(last.Steps) {
		for _, p := range s.Origins {
			if p.Role == overridden && p.Note != "" {
				t.Fix = fmt.Sprintf("%s is not used: %s; change that, or %s", documentOf(&p), p.Note, cmp.Or(t.Fix, "write another"))
				return
			}
		}
	}
	t.Fix = cmp.Or(gravest(atLast(t), diag.Warning), t.Fix, gravest(t.Warnings, diag.Warning))
}

// atLast are the warnings about the step at which the way ends; what is told of an earlier one, which the call has passed,
// need not be why it fails.
func atLast(t *simulate.Trace) []simulate.Warning {
	steps := t.Hops[len(t.Hops)-1].Steps
	return slices.DeleteFunc(slices.Clone(t.Warnings), func(w simulate.Warning) bool {
		return len(steps) == 0 || w.Step != steps[len(steps)-1].Stage
	})
}

// gravest is what the warnings of a severity advise, each with the field that it is about.
func gravest(all []simulate.Warning, s diag.Severity) string {
	var out []string
	for _, w := range all {
		if w.Severity == string(s) && w.Origin != nil && w.Help != "" {
			out = append(out, fmt.Sprintf("in %s %s: %s", documentOf(w.Origin), w.Origin.Field, lowered(w.Help)))
		}
	}
	return strings.Join(out, "; or ")
}

// documentOf names the document of a place and where it stands: "Service shop/web (mesh.yaml:3)".
func documentOf(p *simulate.Place) string {
	name := fmt.Sprintf("%s %s/%s", p.Kind, p.Namespace, p.Name)
	if p.File == "" {
		return name
	}
	return fmt.Sprintf("%s (%s:%d)", name, p.File, p.Line)
}

// lowered is a sentence to be used within another.
func lowered(s string) string {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// placeOf is where something of a document is written that is not used.
func placeOf(l mesh.Loser) simulate.Place {
	o := l.Object
	p := simulate.Place{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, Field: l.Field, Role: overridden, Note: l.Reason}
	if o.Doc == nil {
		return p
	}
	at := o.Doc.At(l.Field)
	p.Line, p.Column = int(at.Line), int(at.Column)
	if o.Doc.File != nil {
		p.File = o.Doc.File.Name
	}
	return p
}

// overridden is the role of a place that is not used.
const overridden = "overridden"
