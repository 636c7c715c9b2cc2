package envoy

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
)

// overlap returns which connections two filter chains of a listener would both take, and "" where each connection has at
// most one. Envoy files a chain under every combination of what its match lists, and refuses the listener where a place
// is taken already; a match that is wider than another is not an overlap.
//
// See https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch.
func overlap(l *listenerv3.Listener) string {
	if l.GetFilterChainMatcher() != nil {
		return "" // the matcher chooses, by name
	}
	taken := map[string]string{}
	for i, c := range l.GetFilterChains() {
		name := fmt.Sprint(i + 1)
		if c.GetName() != "" {
			name += fmt.Sprintf(" (%s)", c.GetName())
		}
		for _, place := range places(c.GetFilterChainMatch()) {
			switch other, ok := taken[place]; {
			case ok && other == name:
				return fmt.Sprintf("filter chain %s lists a value of its match twice", name)
			case ok:
				return fmt.Sprintf("its filter chains %s and %s match the same connections", other, name)
			}
			taken[place] = name
		}
	}
	return ""
}

// places are all combinations of what a match lists, each as a text; what it does not list is one empty value.
func places(m *listenerv3.FilterChainMatch) []string {
	all := []string{fmt.Sprintf("%d|%v", m.GetDestinationPort().GetValue(), m.GetSourceType())}
	for _, values := range [][]string{
		ranges(m.GetPrefixRanges()), m.GetServerNames(), {m.GetTransportProtocol()}, m.GetApplicationProtocols(),
		ranges(m.GetDirectSourcePrefixRanges()), ranges(m.GetSourcePrefixRanges()), numbers(m.GetSourcePorts()),
	} {
		all = combine(all, values)
	}
	return all
}

func combine(all, values []string) []string {
	if len(values) == 0 {
		values = []string{""}
	}
	out := make([]string, 0, len(all)*len(values))
	for _, a := range all {
		for _, v := range values {
			out = append(out, a+"|"+v)
		}
	}
	return out
}

// ranges are address ranges without the bits that do not count, each once.
func ranges(list []*corev3.CidrRange) []string {
	var out []string
	for _, r := range list {
		text := r.GetAddressPrefix()
		if ip, err := netip.ParseAddr(text); err == nil {
			if p, err := ip.Prefix(int(r.GetPrefixLen().GetValue())); err == nil {
				text = p.String()
			}
		}
		out = append(out, strings.ToLower(text))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func numbers(list []uint32) []string {
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprint(n))
	}
	return out
}
