package simulate

import "slices"

// methods are those that Envoy's parser of HTTP/1.1 takes; a request with any other is a protocol error.
var methods = []string{
	"ACL", "BIND", "CHECKOUT", "CONNECT", "COPY", "DELETE", "GET", "HEAD", "LINK", "LOCK", "M-SEARCH", "MERGE",
	"MKACTIVITY", "MKCALENDAR", "MKCOL", "MOVE", "NOTIFY", "OPTIONS", "PATCH", "POST", "PROPFIND", "PROPPATCH", "PURGE",
	"PUT", "REBIND", "REPORT", "SEARCH", "SOURCE", "SUBSCRIBE", "TRACE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
}

// parsed says whether Envoy's parser takes the request's method. HTTP/2 has no list of methods.
func (r *request) parsed() bool { return r.version == http2 || slices.Contains(methods, r.method) }
