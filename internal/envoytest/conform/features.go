package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/compile"
	"sem.example/simulate"
)

// A feature is something that a call can have to do with.
type feature struct {
	name string
	of   func(*simulate.Trace, *simulate.Hop) bool
}

// features are counted in this order. A call may have to do with several.
var features = []feature{
	{"traffic out of a sidecar", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.Direction == "outbound" }},
	{"traffic into a sidecar", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.Direction == "inbound" }},
	{"gateways", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.Direction == "gateway" }},
	{"HTTP/1.1", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.Protocol == "http" }},
	{"HTTP/2", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.Protocol == "http2" }},
	{"other bytes", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.Protocol == "tcp" }},
	{"TLS from the client", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.TLS == "tls" }},
	{"mutual TLS from the client", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.TLS == "mtls" }},
	{"TLS by the proxy", func(_ *simulate.Trace, h *simulate.Hop) bool { return h.TLS != nil && h.TLS.OriginatedBy == "proxy" }},
	{"TLS passed through", func(_ *simulate.Trace, h *simulate.Hop) bool {
		return h.TLS != nil && h.TLS.OriginatedBy == "application"
	}},
	{"hosts by DNS", func(_ *simulate.Trace, h *simulate.Hop) bool { return resolution(h) == "DNS" }},
	{"hosts out of the request", func(_ *simulate.Trace, h *simulate.Hop) bool { return resolution(h) == "DYNAMIC_DNS" }},
	{"the original destination", func(_ *simulate.Trace, h *simulate.Hop) bool { return resolution(h) == "ORIGINAL_DST" }},
	{"weighted destinations", func(_ *simulate.Trace, h *simulate.Hop) bool { return len(h.Branches) > 1 }},
	{"rewrites", func(_ *simulate.Trace, h *simulate.Hop) bool { return h.Rewrite != nil }},
	{"header operations", func(_ *simulate.Trace, h *simulate.Hop) bool { return h.Headers != nil }},
	{"redirects", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Verdict == simulate.Redirected }},
	{"direct responses", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Verdict == simulate.DirectResponse }},
	{"retries", func(_ *simulate.Trace, h *simulate.Hop) bool { return h.Policy != nil && h.Policy.Retries != nil }},
	{"faults", func(_ *simulate.Trace, h *simulate.Hop) bool { return h.Policy != nil && h.Policy.Fault != nil }},
	{"mirrors", func(_ *simulate.Trace, h *simulate.Hop) bool { return h.Policy != nil && len(h.Policy.Mirrors) > 0 }},
	{"consistent hashing", func(_ *simulate.Trace, h *simulate.Hop) bool { return h.Policy != nil && h.Policy.HashKey != "" }},
	{"authorization policies", func(_ *simulate.Trace, h *simulate.Hop) bool { return passes(h, "authorization") }},
	{"tokens", func(_ *simulate.Trace, h *simulate.Hop) bool { return passes(h, "authentication") }},
	{"requests to other origins", func(_ *simulate.Trace, h *simulate.Hop) bool { return passes(h, "cors") }},
	{"IPv6", func(t *simulate.Trace, h *simulate.Hop) bool {
		return strings.Contains(t.Call.Address, ":") || slices.ContainsFunc(h.Endpoints, func(e simulate.Endpoint) bool { return strings.Contains(e.Address, ":") })
	}},
}

// passes says whether there is a step of some stage.
func passes(h *simulate.Hop, stage string) bool {
	return slices.ContainsFunc(h.Steps, func(s simulate.Step) bool { return s.Stage == stage })
}

func resolution(h *simulate.Hop) string {
	if h.Destination == nil {
		return ""
	}
	return h.Destination.Resolution
}

// A count is how many calls there were, and how many of them agree.
type count struct{ agree, calls int }

// tally counts what a call has to do with.
func (r *result) tally(t *simulate.Trace, agrees bool) {
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

// tableOfFeatures lists what the calls had to do with.
func (r *report) tableOfFeatures(out *strings.Builder) {
	fmt.Fprintf(out, "| what the call has to do with | agree | calls |\n| --- | ---: | ---: |\n")
	for _, f := range features {
		var sum count
		for _, of := range r.results {
			sum.agree, sum.calls = sum.agree+of.features[f.name].agree, sum.calls+of.features[f.name].calls
		}
		if sum.calls > 0 {
			fmt.Fprintf(out, "| %s | %d | %d |\n", f.name, sum.agree, sum.calls)
		}
	}
	out.WriteString("\n")
}

// listNotModelled lists what sem knows and does not model, and what of it these traces say that they leave out.
func (r *report) listNotModelled(out *strings.Builder) {
	out.WriteString("\n## Not modelled\n\nA trace names in `notModelled` what its mesh has of these, where it counts for the proxy:\n\n")
	for _, kind := range compile.Untranslated() {
		fmt.Fprintf(out, "- %s\n", kind)
	}
	calls := map[string]int{}
	for _, of := range r.results {
		for what, n := range of.notModelled {
			calls[what] += n
		}
	}
	names := slices.SortedFunc(maps.Keys(calls), func(a, b string) int {
		return cmp.Or(cmp.Compare(calls[b], calls[a]), strings.Compare(a, b))
	})
	out.WriteString("\nThe traces of these calls left out:\n\n")
	for _, name := range names {
		fmt.Fprintf(out, "- %s, in %d\n", name, calls[name])
	}
	if len(names) == 0 {
		out.WriteString("Nothing.\n")
	}
}
