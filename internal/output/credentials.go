package output

import (
	"slices"

	"sem.example/internal/credential"
	"sem.example/internal/suite"
	"sem.example/simulate"
)

// Redact returns a copy of a trace without the credentials of its request and of the headers that the configuration sets: what
// matched against them has been decided before. Schemes of Authorization and names of cookies stay.
func Redact(t *simulate.Trace) *simulate.Trace {
	if !credential.Any(t) {
		return t
	}
	return redactor{credential.Of(&t.Call, t)}.trace(t)
}

// RedactTests takes the credentials out of request tests.
func RedactTests(r *suite.Report) {
	for _, f := range r.Files {
		for i := range f.Results {
			result := &f.Results[i]
			hide := redactor{credential.Of(&result.Request.Call, result.Trace)}
			result.Request.Call = hide.call(result.Request.Call)
			if result.Trace != nil {
				result.Trace = hide.trace(result.Trace)
			}
			for j := range result.Failures {
				e := &result.Failures[j]
				e.Want, e.Got, e.Step = hide.secrets.Hide(e.Want), hide.secrets.Hide(e.Got), texts(e.Step, hide.secrets.Hide)
			}
		}
	}
}

// A redactor takes the credentials out of answers.
type redactor struct{ secrets credential.Set }

func (r redactor) call(c simulate.Call) simulate.Call {
	c.Headers = credential.Headers(c.Headers)
	return texts(c, r.secrets.Hide)
}

func (r redactor) trace(t *simulate.Trace) *simulate.Trace {
	out := *t
	out.Call.Headers = credential.Headers(t.Call.Headers)
	out.Hops = slices.Clone(t.Hops)
	for i := range out.Hops {
		out.Hops[i].Headers = credential.Operations(t.Hops[i].Headers)
	}
	return texts(&out, r.secrets.Hide)
}
