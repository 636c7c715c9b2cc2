package hostname

import (
	"strings"
)

// PortStart returns where the ":port" of an authority begins, or -1.
func PortStart(authority string) int {
	i := strings.LastIndexByte(authority, ':')
	if i >= 0 && strings.LastIndexByte(authority, ']') > i {
		return -1
	}
	return i
}

// OfURL is the host of a URL, without user, port and brackets. What has no scheme is read as if it had one.
func OfURL(url string) string {
	_, rest, found := strings.Cut(url, "://")
	if !found {
		rest = url
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if i := PortStart(rest); i >= 0 && strings.IndexByte(rest, ':') == i || i >= 0 && strings.HasPrefix(rest, "[") {
		rest = rest[:i] // an IPv6 address without brackets has colons and no port
	}
	return strings.Trim(rest, "[]")
}
