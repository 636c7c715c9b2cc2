package security

import (
	"regexp"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"sem.example/internal/compile/xds"
)

// pattern is the matcher of a value of an AuthorizationPolicy: exact, or with an asterisk at one end. A lone asterisk
// asks for a value that is not empty.
func pattern(value string) *matcherv3.StringMatcher { return prefixed("", value) }

// prefixed is like pattern for values that are behind a fixed prefix.
func prefixed(prefix, value string) *matcherv3.StringMatcher {
	switch {
	case value == "*":
		return xds.Regex(".+")
	case strings.HasPrefix(value, "*") && prefix != "":
		return xds.Regex(prefix + ".*" + regexp.QuoteMeta(value[1:]))
	case strings.HasPrefix(value, "*"):
		return xds.Suffix(value[1:], false)
	case strings.HasSuffix(value, "*"):
		return xds.Prefix(prefix+strings.TrimSuffix(value, "*"), false)
	}
	return xds.Exact(prefix+value, false)
}

// headerPattern is the same for a header; a lone asterisk asks for its presence.
func headerPattern(name, value string, ignoreCase bool) *routev3.HeaderMatcher {
	var m *matcherv3.StringMatcher
	switch {
	case value == "*":
		return &routev3.HeaderMatcher{Name: name, HeaderMatchSpecifier: &routev3.HeaderMatcher_PresentMatch{PresentMatch: true}}
	case strings.HasPrefix(value, "*"):
		m = xds.Suffix(value[1:], ignoreCase)
	case strings.HasSuffix(value, "*"):
		m = xds.Prefix(value[:len(value)-1], ignoreCase)
	default:
		m = xds.Exact(value, ignoreCase)
	}
	return &routev3.HeaderMatcher{Name: name, HeaderMatchSpecifier: &routev3.HeaderMatcher_StringMatch{StringMatch: m}}
}
