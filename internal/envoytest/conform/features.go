package main

import (
	"slices"
	"strings"

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
	{"bytes that are not HTTP", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.Protocol == "tcp" }},
	{"TLS from the client", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.TLS == "tls" }},
	{"mutual TLS from the client", func(t *simulate.Trace, _ *simulate.Hop) bool { return t.Call.TLS == "mtls" }},
	{"TLS originated by the proxy", func(_ *simulate.Trace, h *simulate.Hop) bool { return h.TLS != nil && h.TLS.OriginatedBy == "proxy" }},
	{"TLS passed through", func(_ *simulate.Trace, h *simulate.Hop) bool {
		return h.TLS != nil && h.TLS.OriginatedBy == "application"
	}},
	{"hosts resolved by DNS", func(_ *simulate.Trace, h *simulate.Hop) bool { return resolution(h) == "DNS" }},
	{"hosts resolved by the proxy for each request", func(_ *simulate.Trace, h *simulate.Hop) bool { return resolution(h) == "DYNAMIC_DNS" }},
	{"original destination", func(_ *simulate.Trace, h *simulate.Hop) bool { return resolution(h) == "ORIGINAL_DST" }},
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
	{"requests of other origins (CORS)", func(_ *simulate.Trace, h *simulate.Hop) bool { return passes(h, "cors") }},
	{"headers that the proxy removes or overwrites", func(_ *simulate.Trace, h *simulate.Hop) bool { return passes(h, "headers") }},
	{"forged identities", func(t *simulate.Trace, _ *simulate.Hop) bool {
		return sends(t, func(name string, _ []string) bool {
			return name == "x-forwarded-client-cert" || name == "x-forwarded-for"
		})
	}},
	{"repeated headers", func(t *simulate.Trace, _ *simulate.Hop) bool {
		return sends(t, func(_ string, values []string) bool { return len(values) > 1 })
	}},
	{"malformed or too large headers", func(_ *simulate.Trace, h *simulate.Hop) bool { return passes(h, "http") }},
	{"IPv6", func(t *simulate.Trace, h *simulate.Hop) bool {
		return strings.Contains(t.Call.Address, ":") || slices.ContainsFunc(h.Endpoints, func(e simulate.Endpoint) bool { return strings.Contains(e.Address, ":") })
	}},
}

// sends reports whether a call has a header of some kind.
func sends(t *simulate.Trace, is func(name string, values []string) bool) bool {
	for name, values := range t.Call.Headers {
		if is(name, values) {
			return true
		}
	}
	return false
}

// passes reports whether there is a step of some stage.
func passes(h *simulate.Hop, stage string) bool {
	return slices.ContainsFunc(h.Steps, func(s simulate.Step) bool { return s.Stage == stage })
}

func resolution(h *simulate.Hop) string {
	if h.Destination == nil {
		return ""
	}
	return h.Destination.Resolution
}
