package callgen_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/wrapperspb"

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

// Where no more is wanted, no more is made.
func TestCallsUntil(t *testing.T) {
	all := len(callgen.Calls(snapshot(t), web, 1, 0))
	asked := 0
	some := len(callgen.CallsUntil(func() bool { asked++; return asked > 3 }, snapshot(t), web, 1, 0))
	if some == 0 || some >= all {
		t.Errorf("%d of %d calls", some, all)
	}
}

// Names and address ranges of a listener are not crossed without a bound.
func TestManyNamesAndRanges(t *testing.T) {
	s := snapshot(t)
	var chains []*listenerv3.FilterChain
	for i := range 2_000 {
		chains = append(chains, &listenerv3.FilterChain{FilterChainMatch: &listenerv3.FilterChainMatch{
			ServerNames:  []string{fmt.Sprintf("n%d.example", i)},
			PrefixRanges: []*corev3.CidrRange{{AddressPrefix: fmt.Sprintf("10.%d.%d.0", i/250, i%250), PrefixLen: wrapperspb.UInt32(24)}},
		}})
	}
	s.Listeners = append(s.Listeners, &listenerv3.Listener{
		Name: "0.0.0.0_443", FilterChains: chains,
		Address: &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
			Address: "0.0.0.0", PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: 443},
		}}},
	})
	if n := len(callgen.Calls(s, web, 1, 0)); n > 100_000 {
		t.Errorf("%d calls", n)
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
