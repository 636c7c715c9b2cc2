package output

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"strings"

	"sem.example/internal/source"
	"sem.example/simulate"
)

func hashedName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:4])
}

type traceView struct {
	ID, Verdict, Doubt, Request, From, Summary, Sees, Fix string
	Good                                                  bool
	Assumed, NotModelled                                  []string
	Warnings                                              []warningView
	Hops                                                  []hopView
	Files                                                 []fileView
	Picture                                               template.HTML
}

type warningView struct{ ID, Severity, Message, Help, Where, Link string }

type hopView struct {
	Title    string
	Steps    []stepView
	Branches []string
	Policies []string
}

type stepView struct {
	Stage, Chose, Because, Where, Link string
	Details                            []string
	Rejected                           []rejectedView
}

type rejectedView struct{ Candidate, Because, Where, Link string }

// newTraceView is a trace with its picture, its decisions and the lines behind them.
func newTraceView(id string, of *PageTrace, files map[string]*source.File) (*traceView, error) {
	raw := readable(Redact(of.Trace))
	places := usedPlaces(raw)
	t := quoted(raw)
	v := &traceView{
		ID: id, Verdict: verdictWords(t.Verdict), Doubt: doubt(t), Good: t.Verdict.Succeeded(), Request: request(t.Call), From: proxyName(t.Call.Proxy),
		Summary: t.Summary, NotModelled: t.NotModelled, Assumed: assumptions(t.Assumed), Files: placesOf(places, files, id),
	}
	if !v.Good {
		v.Sees, v.Fix = t.Sees, t.Fix
	}
	for _, w := range t.Warnings {
		v.Warnings = append(v.Warnings, warningView{ID: w.ID, Severity: w.Severity, Message: w.Message, Help: w.Help, Where: where(w.Origin), Link: v.link(w.Origin)})
	}
	for i := range t.Hops {
		v.Hops = append(v.Hops, v.hop(t, i))
	}
	var err error
	if of.Graph != nil {
		v.Picture, err = picture(of.Graph)
	}
	return v, err
}

// usedPlaces are the places behind the decisions of a trace, and of its warnings.
func usedPlaces(t *simulate.Trace) []simulate.Place {
	var out []simulate.Place
	for i := range t.Hops {
		for j := range t.Hops[i].Steps {
			s := &t.Hops[i].Steps[j]
			if at := decider(s); at != nil {
				out = append(out, *at)
			}
			for _, r := range s.Rejected {
				if r.Origin != nil {
					out = append(out, *r.Origin)
				}
			}
		}
	}
	for _, w := range t.Warnings {
		if w.Origin != nil {
			out = append(out, *w.Origin)
		}
	}
	return out
}

func (v *traceView) hop(t *simulate.Trace, i int) hopView {
	h := &t.Hops[i]
	out := hopView{Title: proxyName(h.Proxy) + " " + h.Direction}
	for j := range h.Steps {
		s := &h.Steps[j]
		at := decider(s)
		step := stepView{Stage: cmp.Or(stageNames[s.Stage], s.Stage), Chose: s.Chose, Because: s.Because, Where: where(at), Link: v.link(at), Details: details(h, s)}
		for _, r := range s.Rejected {
			step.Rejected = append(step.Rejected, rejectedView{r.Candidate, r.Because, where(r.Origin), v.link(r.Origin)})
		}
		out.Steps = append(out.Steps, step)
	}
	for j := range h.Branches {
		out.Branches = append(out.Branches, fmt.Sprintf("%.4g%% %s", 100*h.Branches[j].Share, branchWords(h, &h.Branches[j])))
	}
	if len(h.Policies) > 0 {
		out.Policies = policyLines(h.Policies)
	}
	return out
}

// where is the file and line of a place.
func where(at *simulate.Place) string {
	if at == nil || at.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", at.File, at.Line)
}

// link leads to a line that the trace shows, or is "".
func (v *traceView) link(at *simulate.Place) string {
	if at == nil {
		return ""
	}
	for _, f := range v.Files {
		for _, l := range f.Lines {
			if f.Name == at.File && l.Number == at.Line && l.ID != "" {
				return l.ID
			}
		}
	}
	return ""
}

// title is what a step is called where it stands alone.
func (s stepView) Title() string { return strings.TrimSpace(s.Stage + " " + s.Chose) }
