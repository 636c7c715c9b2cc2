package callgen_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/callgen"
	"sem.example/internal/envoy"
	"sem.example/simulate"
)

func snapshot(t *testing.T) *envoy.Snapshot {
	t.Helper()
	text, err := os.ReadFile("testdata/sidecar.json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := envoy.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var web = simulate.Proxy{Namespace: "shop", Name: "web", IPs: []string{"10.0.0.7"}}

func TestCalls(t *testing.T) {
	calls := callgen.Calls(snapshot(t), web, 1, 0)
	tests := []struct {
		name string
		is   func(simulate.Call) bool
	}{
		{"the host of a virtual host", url("http://reviews/")},
		{"its host with a port", url("http://reviews:1234/")},
		{"its host in capitals", url("http://REVIEWS/")},
		{"a host of its wildcard", url("http://a.reviews.example/")},
		{"the wildcard's own domain, which it is not for", url("http://reviews.example/")},
		{"a path of a prefix", url("http://reviews/api")},
		{"a path that only begins like it", url("http://reviews/apix")},
		{"a path that is too short", url("http://reviews/ap")},
		{"a header that a route asks for", header("x-user", "qa")},
		{"the same path without the header", func(c simulate.Call) bool { return url("http://reviews/api")(c) && c.Headers == nil }},
		{"a server name", func(c simulate.Call) bool { return c.SNI == "a.secure.example" && c.Protocol == "tcp" }},
		{"a server name just outside of a wildcard", func(c simulate.Call) bool { return c.SNI == "secure.example" }},
		{"the last address of a range", func(c simulate.Call) bool { return c.Address == "10.1.255.255" && c.Port == 443 }},
		{"the address after it", func(c simulate.Call) bool { return c.Address == "10.2.0.0" && c.Port == 443 }},
		{"a port that nobody listens on", func(c simulate.Call) bool { return c.Port == 6553 }},
		{"an inbound port", func(c simulate.Call) bool {
			return c.Direction == "inbound" && c.Port == 8080 && c.TLS == "mtls" && c.Address == "10.0.0.7"
		}},
		{"a principal that a rule names", func(c simulate.Call) bool {
			return strings.HasPrefix(c.Principal, "spiffe://cluster.local/ns/shop/sa/caller")
		}},
	}
	for _, test := range tests {
		if !slices.ContainsFunc(calls, test.is) {
			t.Errorf("none of the %d calls is for %s", len(calls), test.name)
		}
	}
}

func url(want string) func(simulate.Call) bool {
	return func(c simulate.Call) bool { return c.URL == want }
}

func header(name, value string) func(simulate.Call) bool {
	return func(c simulate.Call) bool { return slices.Equal(c.Headers[name], []string{value}) }
}

func TestCallsAreRepeatable(t *testing.T) {
	first := callgen.Calls(snapshot(t), web, 7, 40)
	if diff := cmp.Diff(first, callgen.Calls(snapshot(t), web, 7, 40)); diff != "" {
		t.Errorf("the same seed gave other calls (-first +second):\n%s", diff)
	}
	if len(first) != 40 {
		t.Errorf("%d calls, want no more than 40 and as many", len(first))
	}
	if cmp.Diff(first, callgen.Calls(snapshot(t), web, 8, 40)) == "" {
		t.Error("another seed gave the same calls")
	}
}
