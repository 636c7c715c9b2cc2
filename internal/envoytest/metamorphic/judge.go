package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"sem.example/internal/callgen"
	"sem.example/internal/diff"
	"sem.example/internal/envoy"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// A judge asks traces what a change does. It does not use the words or the comparison of package diff.
type judge struct {
	old, new *pipeline.World
	calls    int
	seed     uint64
}

// difference looks for a request of a class that both sides answer differently. Where both sides have the same resources there is
// none.
func (j judge) difference(c pipeline.Class) (call, what string) {
	old, err1 := j.old.ResourcesOf(c)
	new, err2 := j.new.ResourcesOf(c)
	if err1 != nil || err2 != nil || same(old, new) {
		return "", ""
	}
	for _, s := range []*envoy.Snapshot{old, new} {
		for _, call := range callgen.Calls(s, c.Proxy, j.seed, j.calls) {
			before, err1 := j.old.Trace(call, pipeline.TraceOptions{})
			after, err2 := j.new.Trace(call, pipeline.TraceOptions{})
			if err1 != nil || err2 != nil || c.Direction != pipeline.Gateway && directionOf(call) != c.Direction {
				continue
			}
			if a, b := observed(before), observed(after); a != b {
				return text(call), a + "\n" + b
			}
		}
	}
	return "", ""
}

// same reports whether two snapshots hold the same resources.
func same(a, b *envoy.Snapshot) bool {
	return sameAll(a.Listeners, b.Listeners) && sameAll(a.Routes, b.Routes) && sameAll(a.Clusters, b.Clusters) && sameAll(a.Endpoints, b.Endpoints)
}

func sameAll[M proto.Message](a, b []M) bool {
	return slices.EqualFunc(a, b, func(x, y M) bool { return proto.Equal(x, y) })
}

func directionOf(c simulate.Call) string {
	if c.Direction == "" {
		return pipeline.Outbound
	}
	return c.Direction
}

// witness asks both sides about the witness of a change; "" is that they answer differently.
func (j judge) witness(c *diff.ReportedChange) string {
	old, err1 := j.old.Trace(c.Witness, pipeline.TraceOptions{})
	new, err2 := j.new.Trace(c.Witness, pipeline.TraceOptions{})
	if err1 != nil || err2 != nil {
		return fmt.Sprint(c.Command, err1, err2)
	}
	if a, b := observed(old), observed(new); a == b && !j.otherwise(c, old, new) {
		return c.Command + "\n" + strings.Join(c.Details, "; ") + "\n" + a
	}
	return ""
}

// otherwise reports whether a change is one of settings that no trace shows, and the call passes resources that do differ.
func (j judge) otherwise(c *diff.ReportedChange, old, new *simulate.Trace) bool {
	for _, d := range c.Details {
		if !strings.HasPrefix(d, "settings") {
			return false
		}
	}
	class := pipeline.Class{Proxy: c.Witness.Proxy, Direction: pipeline.Gateway} // with all listeners
	before, err1 := j.old.ResourcesOf(class)
	after, err2 := j.new.ResourcesOf(class)
	return err1 == nil && err2 == nil && passes(before, old) != passes(after, new)
}

// passes are the resources that a call passes.
func passes(s *envoy.Snapshot, t *simulate.Trace) string {
	x, h := envoy.NewIndex(s), &t.Hops[0]
	var out []proto.Message
	for _, l := range s.Listeners {
		if l.GetName() == h.Listener {
			out = append(out, l)
		}
	}
	if r := x.Route(h.RouteConfig); r != nil {
		out = append(out, r)
	}
	names := []string{h.Cluster}
	for _, b := range h.Branches {
		names = append(names, b.Cluster)
	}
	if h.Policy != nil {
		for _, m := range h.Policy.Mirrors {
			names = append(names, m.Cluster)
		}
	}
	for _, name := range names {
		if c := x.Cluster(name); c != nil {
			out = append(out, c)
		}
		if e := x.Endpoints(name); e != nil {
			out = append(out, e)
		}
	}
	var texts []string
	for _, m := range out {
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
		texts = append(texts, fmt.Sprint(string(raw), err))
	}
	slices.Sort(texts)
	return strings.Join(texts, "\x00")
}

// observed is what a client and the server of a request get to see, and what happens to it on the way. Names that only the
// configuration uses are not in it.
func observed(t *simulate.Trace) string {
	h := &t.Hops[0]
	branches := h.Branches
	if len(branches) == 0 {
		branches = []simulate.Branch{{
			Share: 1, Cluster: h.Cluster, Endpoints: h.Endpoints, TLS: h.TLS, Rewrite: h.Rewrite, Headers: h.Headers, Policy: h.Policy, Verdict: t.Verdict,
		}}
	}
	shares := map[string]float64{}
	for _, b := range inherited(h, branches) {
		endpoints := b.Endpoints
		if len(endpoints) == 0 {
			endpoints = []simulate.Endpoint{{Address: b.Cluster, Share: 1}}
		}
		if f := h.Policy; t.Verdict == simulate.Denied || t.Verdict == simulate.FaultAborted && f != nil && f.Fault != nil && f.Fault.AbortShare == 1 {
			b.Verdict = t.Verdict // whatever would have happened behind it
		}
		policy := policyOf(b.Policy)
		switch b.Verdict {
		case simulate.NoCluster, simulate.Denied, simulate.FaultAborted, simulate.DirectResponse, simulate.Redirected:
			policy, b.TLS, b.Rewrite = nil, nil, nil // nothing is sent
			if b.Verdict == simulate.FaultAborted {
				endpoints = []simulate.Endpoint{{Share: 1}}
			}
			if b.Headers != nil {
				b.Headers = &simulate.HeaderOps{Response: b.Headers.Response}
			}
			if text(b.Headers) == "{}" {
				b.Headers = nil
			}
		}
		for _, e := range endpoints {
			to := text([]any{e.Address, e.Port, e.Priority, e.TLS, e.SNI, b.TLS, b.Rewrite, b.Headers, policy, b.Verdict})
			shares[to] += b.Share * e.Share
		}
	}
	var to []string
	for place, share := range shares {
		to = append(to, fmt.Sprintf("%.4f %s", share, place))
	}
	slices.Sort(to)
	status := t.Status
	var fault *simulate.Fault
	if h.Policy != nil {
		fault = h.Policy.Fault
	}
	return text([]any{status, t.ResponseFlags, h.Response, h.Protocol, fault, to})
}

// inherited are branches, where the only one that a fault leaves is what the hop says.
func inherited(h *simulate.Hop, branches []simulate.Branch) []simulate.Branch {
	out := slices.Clone(branches)
	for i := range out {
		if b := &out[i]; b.Verdict != simulate.FaultAborted && len(out) <= 2 && b.TLS == nil && b.Policy == nil && b.Rewrite == nil && b.Headers == nil {
			b.TLS, b.Policy, b.Rewrite, b.Headers = h.TLS, h.Policy, h.Rewrite, h.Headers
		}
	}
	return out
}

// policyOf is a policy with mirrors by what they are of.
func policyOf(p *simulate.Policy) *simulate.Policy {
	if p == nil {
		return nil
	}
	out := *p
	out.Mirrors = slices.Clone(p.Mirrors)
	for i := range out.Mirrors {
		out.Mirrors[i].Cluster = host(out.Mirrors[i].Cluster)
	}
	return &out
}

// host is a cluster's host and port, without the subset.
func host(cluster string) string {
	parts := strings.Split(cluster, "|")
	if len(parts) != 4 {
		return cluster
	}
	return parts[3] + ":" + parts[1]
}

func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(out)
}
