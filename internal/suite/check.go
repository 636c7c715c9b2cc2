package suite

import "sem.example/simulate"

// expects reports whether the case says anything of what is expected.
func (c *Case) expects() bool {
	return c.expect != nil && len(c.expect.fields) > 0 || c.unwanted != nil && len(c.unwanted.fields) > 0
}

// check compares a trace with what is wanted and what is not.
func (c *Case) check(t *simulate.Trace) []Failure {
	var out []Failure
	if c.expect != nil {
		out = c.expect.misses(t, t.Value, "", out)
	}
	if c.unwanted != nil {
		out = c.unwanted.hits(t.Value, "", out)
	}
	for i := range out {
		out[i].Proxy, out[i].Step = decidedBy(t, out[i].Field)
	}
	return out
}
