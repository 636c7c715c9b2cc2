package simulate

import (
	"fmt"
	"slices"
	"strings"
)

// methods are those that Envoy's parser of HTTP/1.1 takes; a request with any other is a protocol error.
var methods = []string{
	"ACL", "BIND", "CHECKOUT", "CONNECT", "COPY", "DELETE", "GET", "HEAD", "LINK", "LOCK", "M-SEARCH", "MERGE",
	"MKACTIVITY", "MKCALENDAR", "MKCOL", "MOVE", "NOTIFY", "OPTIONS", "PATCH", "POST", "PROPFIND", "PROPPATCH", "PURGE",
	"PUT", "REBIND", "REPORT", "SEARCH", "SOURCE", "SUBSCRIBE", "TRACE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
}

// unparsed tells why Envoy's parser of HTTP/1.1 refuses a request, "" where it does not. HTTP/2 has no list of methods.
func (r *request) unparsed() string {
	switch {
	case r.version == http2:
		return ""
	case !slices.Contains(methods, r.method):
		return fmt.Sprintf("%q is no method of HTTP/1.1 that the proxy knows", r.method)
	case strings.ContainsFunc(r.path, func(c rune) bool { return c <= ' ' || c >= 0x7f }):
		return fmt.Sprintf("the path %q has characters that must be encoded", r.path)
	}
	return ""
}

// recognised says whether the HTTP inspector takes a first line of HTTP/1.1 for one: it splits at spaces and knows no
// bytes beyond ASCII, but leaves the rest to the parser.
func recognised(method, path string) bool {
	foreign := func(c rune) bool { return c == ' ' || c >= 0x7f }
	return !strings.ContainsFunc(method, foreign) && !strings.ContainsFunc(path, foreign)
}
