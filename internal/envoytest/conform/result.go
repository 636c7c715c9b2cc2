package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/realenvoy"
	"sem.example/simulate"
)

// A count is how many calls there were, and how many of them agree.
type count struct{ agree, calls int }

// A result is what came of one proxy.
type result struct {
	world         *world
	mesh, proxy   string
	calls, agree  int
	answers       map[string]int // what Envoy did, in the words of its response flags and details
	features      map[string]count
	notModelled   map[string]int // by how many traces
	disagreements []disagreement
	trouble       string // why the proxy could not be judged, or not to the end
}

type disagreement struct {
	call        simulate.Call
	seen        realenvoy.Observation
	differences []string
}

func (r *result) add(call simulate.Call, seen realenvoy.Observation, differences []string) {
	r.calls++
	if r.answers == nil {
		r.answers = map[string]int{}
	}
	r.answers[outcome(seen)]++
	if len(differences) == 0 {
		r.agree++
		return
	}
	r.disagreements = append(r.disagreements, disagreement{call, seen, differences})
}

// outcome names the kind of thing that Envoy did.
func outcome(o realenvoy.Observation) string {
	switch {
	case o.Upstream != nil && o.Error == "":
		return "response of an upstream"
	case o.Status >= 300 && o.Status < 400:
		return "redirected"
	case strings.HasPrefix(o.Details, "rbac_access_denied"):
		return "denied by an authorization policy"
	case o.Details == "direct_response":
		return "response of the proxy"
	case o.Unlogged && o.ResponseFlags == "NR":
		return "no filter chain"
	case o.ResponseFlags != "":
		return "failed with " + o.ResponseFlags
	case o.Error != "":
		return "connection refused, reset or closed"
	}
	return "response of the proxy"
}

// countFeatures counts what a call has to do with.
func (r *result) countFeatures(t *simulate.Trace, agrees bool) {
	if r.features == nil {
		r.features, r.notModelled = map[string]count{}, map[string]int{}
	}
	for _, f := range features {
		if !f.of(t, &t.Hops[0]) {
			continue
		}
		n := r.features[f.name]
		n.calls++
		if agrees {
			n.agree++
		}
		r.features[f.name] = n
	}
	for _, what := range t.NotModelled {
		r.notModelled[what]++
	}
}

// describe writes a call on one line.
func describe(c simulate.Call) string {
	parts := []string{c.Direction, c.TLS}
	if c.SNI != "" {
		parts = append(parts, "sni "+c.SNI)
	}
	if c.ALPN != "" {
		parts = append(parts, "alpn "+c.ALPN)
	}
	parts = append(parts, c.Protocol, c.Method, c.URL, fmt.Sprintf("to %s:%d", c.Address, c.Port))
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		parts = append(parts, fmt.Sprintf("%s=%q", name, strings.Join(c.Headers[name], ",")))
	}
	if c.Principal != "" {
		parts = append(parts, "as "+c.Principal)
	}
	if c.Source != "" {
		parts = append(parts, "from "+c.Source)
	}
	return "`" + strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " ") + "`"
}
