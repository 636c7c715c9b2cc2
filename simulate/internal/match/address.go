package match

import (
	"net/netip"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
)

// Prefixes are the valid ones of several ranges.
func Prefixes(ranges []*corev3.CidrRange) []netip.Prefix {
	var out []netip.Prefix
	for _, r := range ranges {
		if p, ok := Prefix(r); ok {
			out = append(out, p)
		}
	}
	return out
}

// Prefix is a range of addresses; the second result is false where it is invalid.
func Prefix(r *corev3.CidrRange) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(r.GetAddressPrefix())
	if err != nil {
		return netip.Prefix{}, false
	}
	p, err := a.Prefix(int(r.GetPrefixLen().GetValue()))
	return p, err == nil
}
