package request

import (
	"maps"
	"slices"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// Malformed is why Envoy's codec refuses the headers of a request, 0 where it does not, and the header that it refuses.
func (r *Request) Malformed() (err decision.RequestError, name string) {
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		switch {
		case !IsToken(name):
			return decision.InvalidHeaderText, name
		case slices.ContainsFunc(r.Headers[name], controls):
			return decision.InvalidHeaderText, name
		case r.Version == call.HTTP2 && !inHTTP2(name, r.Headers[name]):
			return decision.HopByHopInHTTP2, name
		}
	}
	length, sized := r.Get("content-length")
	if sized && (length == "" || strings.Trim(length, "0123456789") != "") {
		return decision.InvalidContentLength, length
	}
	return r.miscoded(sized)
}

// miscoded is why HTTP/1.1 refuses how the body is framed or what the Connection header names.
func (r *Request) miscoded(sized bool) (decision.RequestError, string) {
	if coding, coded := r.Get("transfer-encoding"); coded {
		switch chunked := strings.EqualFold(coding, "chunked"); {
		case chunked && sized:
			return decision.LengthAndChunked, coding
		case !chunked || r.Method == "CONNECT":
			return decision.UnknownTransferEncoding, coding
		}
	}
	for _, name := range r.nominated() {
		switch name {
		case "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto":
			return decision.ReservedInConnection, name
		}
		if strings.HasPrefix(name, ":") {
			return decision.ReservedInConnection, name
		}
	}
	return 0, ""
}

// controls reports whether a value has characters that no header may have.
func controls(value string) bool { return strings.ContainsAny(value, "\x00\r\n") }

// inHTTP2 reports whether HTTP/2 lets a header pass: those about one connection have no place in it.
func inHTTP2(name string, values []string) bool {
	switch name {
	case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
		return false
	case "te":
		return strings.EqualFold(strings.Join(values, ","), "trailers")
	}
	return true
}

// nominated are the headers that the Connection header names as meant for this connection only.
func (r *Request) nominated() []string {
	connection, _ := r.Get("connection")
	var out []string
	for token := range strings.SplitSeq(connection, ",") {
		switch token = strings.ToLower(strings.TrimSpace(token)); token {
		case "", "keep-alive", "close", "upgrade", "te", "http2-settings":
		default:
			out = append(out, token)
		}
	}
	return out
}

// Nominated removes the headers that the Connection header names, and returns those that there were.
func (r *Request) Nominated() []string {
	var gone []string
	for _, name := range r.nominated() {
		if _, ok := r.Headers[name]; ok {
			delete(r.Headers, name)
			gone = append(gone, name)
		}
	}
	return gone
}
