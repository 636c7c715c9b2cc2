package compile

import (
	"net/netip"
	"regexp"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// pattern is the matcher of a value of an AuthorizationPolicy: exact, or with an asterisk at one end. A lone asterisk
// asks for a value that is not empty.
func pattern(value string) *matcherv3.StringMatcher { return prefixed("", value) }

// prefixed is like pattern for values that stand behind a fixed prefix.
func prefixed(prefix, value string) *matcherv3.StringMatcher {
	switch {
	case value == "*":
		return regex(".+")
	case strings.HasPrefix(value, "*") && prefix != "":
		return regex(prefix + ".*" + regexp.QuoteMeta(value[1:]))
	case strings.HasPrefix(value, "*"):
		return endsWith(value[1:], false)
	case strings.HasSuffix(value, "*"):
		return startsWith(prefix+strings.TrimSuffix(value, "*"), false)
	}
	return exactly(prefix+value, false)
}

// headerPattern is the same for a header; a lone asterisk asks for its presence.
func headerPattern(name, value string, ignoreCase bool) *routev3.HeaderMatcher {
	var m *matcherv3.StringMatcher
	switch {
	case value == "*":
		return &routev3.HeaderMatcher{Name: name, HeaderMatchSpecifier: &routev3.HeaderMatcher_PresentMatch{PresentMatch: true}}
	case strings.HasPrefix(value, "*"):
		m = endsWith(value[1:], ignoreCase)
	case strings.HasSuffix(value, "*"):
		m = startsWith(value[:len(value)-1], ignoreCase)
	default:
		m = exactly(value, ignoreCase)
	}
	return &routev3.HeaderMatcher{Name: name, HeaderMatchSpecifier: &routev3.HeaderMatcher_StringMatch{StringMatch: m}}
}

func exactly(s string, ignoreCase bool) *matcherv3.StringMatcher {
	return &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Exact{Exact: s}, IgnoreCase: ignoreCase}
}

func startsWith(s string, ignoreCase bool) *matcherv3.StringMatcher {
	return &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Prefix{Prefix: s}, IgnoreCase: ignoreCase}
}

func endsWith(s string, ignoreCase bool) *matcherv3.StringMatcher {
	return &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Suffix{Suffix: s}, IgnoreCase: ignoreCase}
}

func regex(s string) *matcherv3.StringMatcher {
	return &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_SafeRegex{SafeRegex: &matcherv3.RegexMatcher{Regex: s}}}
}

// cidrRange is an address or a block of addresses. The bits behind the prefix stay as they are written.
func cidrRange(s string) (*corev3.CidrRange, error) {
	if !strings.Contains(s, "/") {
		ip, err := netip.ParseAddr(s)
		if err != nil {
			return nil, err
		}
		return &corev3.CidrRange{AddressPrefix: ip.String(), PrefixLen: wrapperspb.UInt32(uint32(ip.BitLen()))}, nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return nil, err
	}
	return &corev3.CidrRange{AddressPrefix: p.Addr().String(), PrefixLen: wrapperspb.UInt32(uint32(p.Bits()))}, nil
}
