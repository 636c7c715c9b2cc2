package explain

import (
	"fmt"

	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// A Dump answers calls from what one proxy runs, without any document.
type Dump struct{ dump *pipeline.Dump }

// NewDump returns a Dump of a configuration that was read.
func NewDump(d *pipeline.Dump) *Dump { return &Dump{d} }

// Trace implements [Tracer].
func (d *Dump) Trace(call simulate.Call, opts pipeline.TraceOptions) (*simulate.Trace, error) {
	t, err := d.dump.Trace(call, opts)
	if err != nil {
		return nil, err
	}
	Word(t)
	if !d.dump.HasEndpoints() {
		withoutEndpoints(t)
	}
	qualify(t)
	return t, nil
}

// withoutEndpoints takes back what a dump without endpoints cannot show: that a cluster has none.
func withoutEndpoints(t *simulate.Trace) {
	h := &t.Hops[len(t.Hops)-1]
	if t.Verdict != simulate.NoEndpoints || h.Destination == nil || h.Destination.Resolution != "EDS" {
		return
	}
	t.Verdict, t.Status, t.ResponseFlags, t.Sees, t.AccessLog = simulate.Unsupported, 0, "", "", ""
	t.Summary = fmt.Sprintf("The request goes to the cluster %s, but the dump has no endpoints, so its destination is unknown.", h.Cluster)
	t.Fix = "include the endpoints in the dump: /config_dump?include_eds"
	h.Response = nil
	for i := range h.Steps {
		if s := &h.Steps[i]; s.Stage == atEndpoint {
			s.Chose, s.Because = "unknown", "the dump has no endpoints"
		}
	}
	for i := range h.Branches {
		if h.Branches[i].Verdict == simulate.NoEndpoints {
			h.Branches[i].Verdict = simulate.Unsupported
		}
	}
}
