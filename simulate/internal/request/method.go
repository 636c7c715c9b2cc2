package request

import (
	"slices"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// methods are those that Envoy's parser of HTTP/1.1 takes; a request with any other is a protocol error.
var methods = []string{
	"ACL", "BIND", "CHECKOUT", "CONNECT", "COPY", "DELETE", "GET", "HEAD", "LINK", "LOCK", "M-SEARCH", "MERGE",
	"MKACTIVITY", "MKCALENDAR", "MKCOL", "MOVE", "NOTIFY", "OPTIONS", "PATCH", "POST", "PROPFIND", "PROPPATCH", "PURGE",
	"PUT", "REBIND", "REPORT", "SEARCH", "SOURCE", "SUBSCRIBE", "TRACE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
}

// KnownMethod reports whether Envoy's parser of HTTP/1.1 takes a method.
func KnownMethod(method string) bool { return slices.Contains(methods, method) }

// Unparsed is why Envoy's parser of HTTP/1.1 refuses a request, 0 where it does not, and the part that it refuses. HTTP/2
// has no list of methods.
func (r *Request) Unparsed() (err decision.RequestError, text string) {
	switch {
	case r.Version == call.HTTP2:
		return 0, ""
	case !KnownMethod(r.Method):
		return decision.UnknownMethod, r.Method
	case strings.ContainsFunc(r.Path, func(c rune) bool { return c <= ' ' || c >= 0x7f }):
		return decision.RawPath, r.Path
	}
	return 0, ""
}

// IsToken reports whether a text is a token of HTTP, as names of headers are.
func IsToken(name string) bool {
	for i := range len(name) {
		if c := name[i]; !WordByte(c) && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return name != ""
}

// WordByte reports whether a byte is an ASCII letter or digit.
func WordByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
