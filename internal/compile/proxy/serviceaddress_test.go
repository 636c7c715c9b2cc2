package proxy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFilter keeps the addresses of a service that a proxy can reach.
func TestFilter(t *testing.T) {
	const v4, other4, v6 = "10.0.0.1", "10.0.0.2", "2001:db8::1"
	for name, test := range map[string]struct {
		proxy     Families
		addresses []string
		want      []string
	}{
		"IPv4 alone":                    {Families{V4: true}, []string{v6, v4}, []string{v4}},
		"IPv6 alone":                    {Families{V6: true}, []string{v4, v6}, []string{v6}},
		"both, the first is IPv4":       {Families{V4: true, V6: true}, []string{v4, v6}, []string{v4}},
		"both, the first is IPv6":       {Families{V4: true, V6: true}, []string{v6, v4}, []string{v6}},
		"both, and all of the first":    {Families{V4: true, V6: true}, []string{v4, v6, other4}, []string{v4, other4}},
		"both, the first is no address": {Families{V4: true, V6: true}, []string{"auto", v4, v6}, []string{v4}},
		"a range of addresses":          {Families{V4: true}, []string{"10.0.0.0/8", v6}, []string{"10.0.0.0/8"}},
		"none of the family":            {Families{V6: true}, []string{v4}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.proxy.filter(test.addresses)); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
		})
	}
}
