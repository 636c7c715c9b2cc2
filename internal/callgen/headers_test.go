package callgen

import (
	"math/rand/v2"
	"slices"
	"testing"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"github.com/google/go-cmp/cmp"

	"sem.example/simulate"
)

// TestHeads holds the requests to the kinds of headers with which a connection manager meddles. Of each there is one over
// HTTP/1.1 and one over HTTP/2.
func TestHeads(t *testing.T) {
	base := request{authority: "web", path: "/"}
	var calls []simulate.Call
	for _, r := range slices.Concat(forged(base), repeated(base), oversized(base), misframed(base)) {
		if r.writable() {
			calls = append(calls, r.over(connection{tls: "plaintext"}))
		}
	}
	tests := []struct {
		name string
		is   func(map[string][]string) bool
	}{
		{"a forged client certificate", sends("x-forwarded-client-cert")},
		{"a forged address", sends("x-forwarded-for")},
		{"a forged protocol", sends("x-forwarded-proto")},
		{"an order to Envoy", sends("x-envoy-retry-on")},
		{"a header that is joined", func(h map[string][]string) bool { return len(h["user-agent"]) == 2 }},
		{"a header that is not", func(h map[string][]string) bool { return len(h["x-custom"]) == 2 }},
		{"a cookie in pieces", func(h map[string][]string) bool { return len(h["cookie"]) == 2 }},
		{"more than 100 headers", func(h map[string][]string) bool { return len(h) > 100 }},
		{"nearly 100 headers", func(h map[string][]string) bool { return len(h) > 80 && len(h) < 100 }},
		{"more than 60 KiB", func(h map[string][]string) bool { return len(h["x-large"]) == 1 && len(h["x-large"][0]) > 60<<10 }},
		{"a length that is no number", func(h map[string][]string) bool { return slices.Equal(h["content-length"], []string{"abc"}) }},
		{"a length and chunks", func(h map[string][]string) bool {
			return len(h["content-length"]) == 1 && len(h["transfer-encoding"]) == 1
		}},
		{"an unknown coding", func(h map[string][]string) bool {
			return slices.Equal(h["transfer-encoding"], []string{"identity"})
		}},
		{"a name that is no token", sends("x(bad)")},
		{"a header of the connection", sends("connection")},
		{"te", sends("te")},
	}
	for _, test := range tests {
		for _, version := range []string{"http", "http2"} {
			if !slices.ContainsFunc(calls, func(c simulate.Call) bool { return c.Protocol == version && test.is(c.Headers) }) {
				t.Errorf("none of the %d calls over %s has %s", len(calls), version, test.name)
			}
		}
	}
}

func sends(name string) func(map[string][]string) bool {
	return func(h map[string][]string) bool { _, ok := h[name]; return ok }
}

func TestDoubled(t *testing.T) {
	s := sampler{rand.New(rand.NewPCG(1, 2))}
	m := &routev3.HeaderMatcher{Name: "X-User", HeaderMatchSpecifier: &routev3.HeaderMatcher_ExactMatch{ExactMatch: "qa"}}
	var got [][]string
	for _, r := range s.doubled(s.header(request{}, m, true), m) {
		got = append(got, r.all()["x-user"])
	}
	if diff := cmp.Diff([][]string{{"qa", "other"}, {"other", "qa"}}, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}
