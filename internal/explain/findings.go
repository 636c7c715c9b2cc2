package explain

import (
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/simulate"
	"sem.example/validate"
)

// addFindings adds the findings of validation that explain a trace to its warnings. Where simulation warns of the same, its
// message stays, for it is about this call, and the finding gives the rest, for it knows the documents. It returns the findings for
// which admission rejects a document of the trace.
func addFindings(t *simulate.Trace, w *pipeline.World, objects *objectIndex, policy diag.Policy) []notAdmitted {
	about, observed := relevant(t, w, objects), len(t.Warnings)
	found := w.FindingsAbout(about.documents, func(c *diag.Check) bool { return c.Rejects || explainsCalls(c) })
	rejected := rejections(found, about)
	found, _ = policy.Apply(found.Suppress(&source.Input{Files: w.Input.Files, Documents: about.documents}))
	found.Sort()
	for i := range found {
		d := &found[i]
		if !explainsCalls(d.Check) || d.Suppressed != nil || !applies(d.Check.When, t) || !about.concerns(d) {
			continue
		}
		warning := warningOf(d, about.objects[d.At.Doc])
		same := func(o simulate.Warning) bool { return o.ID == warning.ID }
		if i := slices.IndexFunc(t.Warnings[:observed], same); i >= 0 {
			warning.Message, warning.Step = t.Warnings[i].Message, t.Warnings[i].Step
			t.Warnings[i] = warning
		} else if d.Check.When != diag.Observed {
			t.Warnings = append(t.Warnings, warning)
		}
	}
	return rejected
}

// explainsCalls reports whether the findings of a check can explain what happens to a call.
func explainsCalls(c *diag.Check) bool { return c.Stage != diag.NoStage }

// applies reports whether a trace meets the condition under which the findings of a check explain it. [diag.Observed] is left to
// the caller, who compares the finding with the warnings of the trace.
func applies(c diag.Condition, t *simulate.Trace) bool {
	switch c {
	case diag.NoRouteMatched:
		return t.Verdict == simulate.NoRoute
	case diag.TLSInTLS:
		return slices.ContainsFunc(t.Warnings, func(w simulate.Warning) bool { return w.ID == validate.DoubleTLS.ID })
	case diag.NoPlaintextToTLS:
		return !slices.ContainsFunc(t.Warnings, func(w simulate.Warning) bool { return w.ID == validate.PlaintextToTLS.ID })
	}
	return true
}

// warningOf is a finding about an object as a warning of a trace.
func warningOf(d *diag.Diagnostic, o *config.Object) simulate.Warning {
	out := simulate.Warning{
		ID: d.Check.ID, Severity: string(d.Level()), Message: d.Message,
		Help: strings.Join(strings.Fields(d.Advice()), " "), Step: string(d.Check.Stage),
	}
	if o != nil {
		p := placeOf(config.Ignored{Object: o, Field: d.At.Field})
		p.Role = ""
		out.Origin = &p
	}
	return out
}
