package pipeline

import (
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
	"sem.example/simulate"
	"sem.example/validate"
)

// explains reports whether the findings of a check can explain what becomes of a call.
func explains(c *diag.Check) bool { return c.Stage != diag.NoStage }

// applies reports whether a trace meets the condition under which the findings of a check explain it. [diag.Observed] is left to
// the caller, who compares the finding with the warnings of the trace.
func applies(c diag.Condition, t *simulate.Trace) bool {
	switch c {
	case diag.NoRouteMatched:
		return t.Verdict == simulate.NoRoute
	case diag.NoPlaintextToTLS:
		return !slices.ContainsFunc(t.Warnings, func(w simulate.Warning) bool { return w.ID == validate.PlaintextToTLS.ID })
	}
	return true
}

// remark adds the findings of validation that explain a trace to its warnings. Of what the trace itself warns of, the
// finding gives the help, for it knows the documents.
func (w *World) remark(t *simulate.Trace, policy diag.Policy) {
	about, own := w.subject(t), len(t.Warnings)
	found, _ := policy.Apply(w.findings(about).Suppress(&source.Input{Files: w.Input.Files, Documents: about.documents}))
	found.Sort()
	for i := range found {
		d := &found[i]
		if !explains(d.Check) || d.Suppressed != nil || !applies(d.Check.When, t) || !about.concerns(d) {
			continue
		}
		remark := warningOf(d, about.objects[d.At.Doc])
		same := func(known simulate.Warning) bool { return known.ID == remark.ID }
		if i := slices.IndexFunc(t.Warnings[:own], same); i >= 0 {
			remark.Message, remark.Step = t.Warnings[i].Message, t.Warnings[i].Step
			t.Warnings[i] = remark
		} else if d.Check.When != diag.Observed {
			t.Warnings = append(t.Warnings, remark)
		}
	}
}

// findings are those of the checks that explain calls, about the documents that have to do with one. Of a document that is refused
// by its schema only that is told.
func (w *World) findings(about *subject) diag.List {
	shapes, broken := checkShapes(about.documents), broken{}
	broken.add(shapes)
	in := validate.Input{Mesh: w.Mesh, Objects: w.Objects, Only: map[*source.Document]bool{}}
	for _, doc := range about.documents {
		in.Only[doc] = true
	}
	found := validate.Some(in, explains)
	return append(shapes, broken.sound(found)...)
}

func warningOf(d *diag.Diagnostic, o *config.Object) simulate.Warning {
	out := simulate.Warning{ID: d.Check.ID, Severity: string(d.Level()), Message: d.Message, Help: strings.Join(strings.Fields(d.Advice()), " "), Step: string(d.Check.Stage)}
	if o != nil {
		p := placeOf(mesh.Loser{Object: o, Field: d.At.Field})
		p.Role = ""
		out.Origin = &p
	}
	return out
}
