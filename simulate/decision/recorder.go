package decision

import (
	"slices"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
)

// A Recorder notes what one proxy decides about a call.
type Recorder struct {
	Hop      *Hop
	Explains bool // keep what each decision rejected
	Places   *Origins
	Ignored  []string // parts of the configuration whose effect is not known
}

// UsualSteps is how many decisions most calls take.
const UsualSteps = 12

// NewRecorder returns a recorder of the decisions of a hop; explains asks for rejected candidates too.
func NewRecorder(places *Origins, explains bool, hop *Hop) *Recorder {
	return &Recorder{Hop: hop, Explains: explains, Places: places, Ignored: []string{}}
}

// Step records a decision and the resources behind it.
func (r *Recorder) Step(stage, chose string, reason Reason, refs ...Ref) {
	r.Hop.Steps = append(r.Hop.Steps, Step{Stage: stage, Chose: chose, Reason: reason, Origins: r.Places.Places(refs...)})
}

// Rejects adds to the last step what was rejected, where that was asked for.
func (r *Recorder) Rejects(candidates func() []Candidate) {
	if r.Explains {
		r.Hop.Steps[len(r.Hop.Steps)-1].Rejected = candidates()
	}
}

// Attribute replaces the origins of earlier stages once it is known which service the call is for: many services share
// a listener, and it is the port of this one for which the listener matters to the call.
func (r *Recorder) Attribute(to Ref, port uint16, stages ...string) {
	places := r.Places.Places(to)
	if len(places) == 0 {
		return
	}
	for i, s := range r.Hop.Steps {
		if !slices.Contains(stages, s.Stage) {
			continue
		}
		r.Hop.Steps[i].Origins = places
		if s.Stage == "listener" && r.Hop.Direction == "outbound" {
			r.Hop.Steps[i].Reason = ServicePort{port}
		}
	}
}

// NotModelled notes a part of the configuration whose effect is not known.
func (r *Recorder) NotModelled(what ...string) {
	for _, w := range what {
		r.Ignored = AppendNew(r.Ignored, w)
	}
}

// UnknownFilter notes a filter whose effect is not known.
func (r *Recorder) UnknownFilter(name, kind string) {
	if passive[kind] || kind == "" && name == "" {
		return
	}
	what := name
	if kind != "" {
		what += " (" + envoy.ShortType(kind) + ")"
	}
	r.NotModelled(what)
}

// extensionFilter is the name that istiod gives the filter of a WasmPlugin or a TrafficExtension.
var extensionFilter = lazy.Regexp(`^extensions\.istio\.io/(wasmplugin|trafficextension)/([^./]+)\.(.+?)(~istio-translated-wasmplugin)?$`)

// RunsCode notes a filter whose code decides about a call.
func (r *Recorder) RunsCode(filter, language string, at Ref) {
	what, unknown := filter, "the code of "+filter+" ("+language+")"
	if m := extensionFilter().FindStringSubmatch(filter); m != nil {
		what = "TrafficExtension " + m[2] + "/" + m[3]
		if m[1] == "wasmplugin" || m[4] != "" {
			what = "WasmPlugin " + m[2] + "/" + m[3]
		}
		unknown = what
	}
	r.Step("code", what, RunsCode{language}, at)
	r.NotModelled(unknown)
}

// AppendNew appends a string to a list that lacks it.
func AppendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// Policy is the policy of the hop, made when it is first needed.
func (r *Recorder) Policy() *Policy {
	if r.Hop.Policy == nil {
		r.Hop.Policy = &Policy{}
	}
	return r.Hop.Policy
}
