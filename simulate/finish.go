package simulate

// finish puts an outcome into the trace.
func (r *run) finish(o outcome) *Trace {
	r.hop.Error = o.err
	if o.status != 0 && r.hop.Response == nil {
		r.hop.Response = &Response{Status: o.status}
	}
	r.out.Verdict, r.out.Status, r.out.ResponseFlags = o.verdict, o.status, o.flags
	r.out.Summary = o.reason
	r.out.Hops = []Hop{r.hop}
	return r.out
}
