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

// A remark is what the finding of a check has to do with calls.
type remark struct {
	stage string                     // at which it shows; "" where the trace itself decides whether it does
	when  func(*simulate.Trace) bool // nil for always
}

// noRoute says whether no route matches the call.
func noRoute(t *simulate.Trace) bool { return t.Verdict == simulate.NoRoute }

// notPlaintext says whether the trace does not tell of plaintext to a TLS port itself.
func notPlaintext(t *simulate.Trace) bool {
	return !slices.ContainsFunc(t.Warnings, func(w simulate.Warning) bool { return w.ID == "SEM142" })
}

// remarks are the checks whose findings explain what becomes of calls, by ID. The others are about what documents say,
// whatever the call.
var remarks = remarksOf(
	stageChecks{"", nil, "SEM124 SEM140 SEM142 SEM145 SEM146 SEM153 SEM224 SEM226 SEM227 SEM233 SEM236"}, // the trace warns of them itself
	stageChecks{"listener", nil, "SEM127 SEM132 SEM192 SEM193 SEM194 SEM195"},
	stageChecks{"filterChain", nil, "SEM050 SEM120 SEM121 SEM122 SEM126 SEM128 SEM129 SEM130 SEM131 SEM196"},
	stageChecks{"filterChain", notPlaintext, "SEM125"},
	stageChecks{"virtualHost", nil, "SEM107 SEM108 SEM109 SEM112 SEM160 SEM161 SEM162 SEM164 SEM165 SEM184 SEM187 SEM190 SEM191"},
	stageChecks{"route", nil, "SEM123 SEM223 SEM228 SEM296"},
	stageChecks{"route", noRoute, "SEM220 SEM225 SEM235 SEM238 SEM239 SEM240 SEM241 SEM242"},
	stageChecks{"fault", nil, "SEM234"},
	stageChecks{"redirect", nil, "SEM199"},
	stageChecks{"retries", nil, "SEM232"},
	stageChecks{"mirror", nil, "SEM237"},
	stageChecks{"cluster", nil, "SEM100 SEM101 SEM102 SEM103 SEM104 SEM105 SEM106 SEM135 SEM137 SEM139 SEM168 SEM169 SEM171 SEM175 SEM180 SEM182 SEM203 SEM204 SEM206 SEM213 SEM247"},
	stageChecks{"tls", nil, "SEM141 SEM143 SEM144 SEM147 SEM150 SEM151 SEM152 SEM154 SEM156 SEM197 SEM256"},
	stageChecks{"endpoint", nil, "SEM138 SEM200 SEM202 SEM208 SEM210 SEM211 SEM212 SEM259 SEM271"},
)

// stageChecks are the checks that show at a stage.
type stageChecks struct {
	stage  string
	when   func(*simulate.Trace) bool
	checks string // IDs, apart by spaces
}

func remarksOf(all ...stageChecks) map[string]remark {
	out := map[string]remark{}
	for _, s := range all {
		for _, id := range strings.Fields(s.checks) {
			out[id] = remark{s.stage, s.when}
		}
	}
	return out
}

// remark adds the findings of validation that explain a trace to its warnings. Of what the trace itself warns of, the
// finding gives the help, for it knows the documents.
func (w *World) remark(t *simulate.Trace, policy diag.Policy) {
	about, own := w.subject(t), len(t.Warnings)
	found, _ := policy.Apply(w.findings(about).Suppress(&source.Input{Files: w.Input.Files, Documents: about.documents}))
	found.Sort()
	for i := range found {
		d := &found[i]
		r, ok := remarks[d.Check.ID]
		if !ok || d.Suppressed != nil || r.when != nil && !r.when(t) || !about.concerns(d) {
			continue
		}
		remark := warningOf(d, r, about.objects[d.At.Doc])
		same := func(known simulate.Warning) bool { return known.ID == remark.ID }
		if i := slices.IndexFunc(t.Warnings[:own], same); i >= 0 {
			remark.Message, remark.Step = t.Warnings[i].Message, t.Warnings[i].Step
			t.Warnings[i] = remark
		} else if r.stage != "" {
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
	found := validate.Some(in, func(c *diag.Check) bool { _, ok := remarks[c.ID]; return ok })
	return append(shapes, broken.sound(found)...)
}

func warningOf(d *diag.Diagnostic, r remark, o *config.Object) simulate.Warning {
	out := simulate.Warning{ID: d.Check.ID, Severity: string(d.Level()), Message: d.Message, Help: strings.Join(strings.Fields(d.Advice()), " "), Step: r.stage}
	if o != nil {
		p := placeOf(mesh.Loser{Object: o, Field: d.At.Field})
		p.Role = ""
		out.Origin = &p
	}
	return out
}
