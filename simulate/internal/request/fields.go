package request

import (
	"slices"
	"strings"

	"sem.example/simulate/call"
)

// GeneratedID is the value of an x-request-id that a proxy generates, which no call foretells.
const GeneratedID = "00000000-0000-4000-8000-000000000000"

// joined are the headers of which Envoy keeps one value each: where one is repeated, its parser joins the values with
// commas. Matchers see the joined value, and those of any other header one by one.
var joined = set(
	"accept", "accept-encoding", "access-control-request-headers", "access-control-request-method", "authorization",
	"cache-control", "connection", "content-length", "content-type", "expect", "grpc-timeout", "if-match",
	"if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "origin", "pragma",
	"proxy-connection", "referer", "te", "transfer-encoding", "upgrade", "user-agent", "via", "x-client-trace-id",
	"x-envoy-attempt-count", "x-envoy-decorator-operation", "x-envoy-downstream-service-cluster",
	"x-envoy-downstream-service-node", "x-envoy-expected-rq-timeout-ms", "x-envoy-external-address",
	"x-envoy-force-trace", "x-envoy-hedge-on-per-try-timeout", "x-envoy-internal", "x-envoy-ip-tags",
	"x-envoy-max-retries", "x-envoy-original-host", "x-envoy-original-path", "x-envoy-original-url",
	"x-envoy-retriable-header-names", "x-envoy-retriable-status-codes", "x-envoy-retry-grpc-on", "x-envoy-retry-on",
	"x-envoy-upstream-alt-stat-name", "x-envoy-upstream-rq-per-try-timeout-ms", "x-envoy-upstream-rq-timeout-alt-response",
	"x-envoy-upstream-rq-timeout-ms", "x-envoy-upstream-stream-duration-ms", "x-forwarded-client-cert", "x-forwarded-for",
	"x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-request-id",
)

func set(names ...string) map[string]bool {
	out := make(map[string]bool, len(names))
	for _, name := range names {
		out[name] = true
	}
	return out
}

// parse brings the values of headers into the form in which Envoy's codecs hand them on: HTTP/1.1 takes off the blanks
// around a value, HTTP/2 puts the pieces of a cookie together, and both join what is kept as one value.
func (r *Request) parse() {
	for name, values := range r.Headers {
		if r.Version == call.HTTP11 {
			values = trimmed(values)
		}
		switch {
		case len(values) < 2:
		case joined[name]:
			values = []string{join(values)}
		case name == "cookie" && r.Version == call.HTTP2:
			values = []string{strings.Join(values, "; ")}
		}
		r.Headers[name] = values
	}
}

// join joins the values of a header with commas, but for empty ones.
func join(values []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" }), ",")
}

// trimmed takes off the blanks around each value.
func trimmed(values []string) []string {
	for i, value := range values {
		if strings.Trim(value, " \t") == value {
			continue
		}
		out := append([]string{}, values...)
		for j := i; j < len(out); j++ {
			out[j] = strings.Trim(out[j], " \t")
		}
		return out
	}
	return values
}

// Count is the number of headers as Envoy counts them: HTTP/1.1 counts the Host header, HTTP/2 the pseudo headers.
func (r *Request) Count() int {
	n := 0
	for _, values := range r.Headers {
		n += len(values)
	}
	for _, pseudo := range r.pseudo() {
		if pseudo[1] != "" {
			n++
		}
	}
	return n
}

// Size is the size of the headers in bytes as Envoy limits it: of HTTP/1.1 as they are sent, with the request line, separators and
// ends of lines; of HTTP/2 the names and values alone.
func (r *Request) Size() int {
	n, perField := 0, 0
	if r.Version == call.HTTP11 {
		n, perField = len(r.Method)+len(r.Path)+len("  HTTP/1.1\r\n\r\n"), len(": \r\n")
	}
	for name, values := range r.Headers {
		for _, value := range values {
			n += len(name) + len(value) + perField
		}
	}
	for _, pseudo := range r.pseudo() {
		if pseudo[1] != "" {
			n += len(pseudo[0]) + len(pseudo[1]) + perField
		}
	}
	return n
}

// pseudo are the headers, by name and value, that a request has beside those of the call.
func (r *Request) pseudo() [][2]string {
	if r.Version == call.HTTP11 {
		return [][2]string{{"host", r.Authority}}
	}
	return [][2]string{{":method", r.Method}, {":scheme", "http"}, {":authority", r.Authority}, {":path", r.Path}}
}
