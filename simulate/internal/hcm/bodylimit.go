package hcm

import (
	"net/http"
	"strconv"

	bufferv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/buffer/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/route"
)

// buffer runs a filter that reads the whole body before the request goes on, and refuses one that is too large.
func buffer(x *Stream, f *httpFilter, m *bufferv3.Buffer) *decision.Outcome {
	if own, ok := route.PerRoute[*bufferv3.BufferPerRoute](x.Route, f.name); ok {
		if own.GetDisabled() {
			return nil
		}
		m = own.GetBuffer()
	}
	return limitBody(x, f, uint64(m.GetMaxRequestBytes().GetValue()))
}

// limitBody refuses a request whose body is larger than what the filter buffers.
func limitBody(x *Stream, f *httpFilter, limit uint64) *decision.Outcome {
	encoding, chunked := x.Req.Get("transfer-encoding")
	text, sized := x.Req.Get("content-length")
	size, _ := strconv.ParseUint(text, 10, 64)
	switch {
	case chunked && encoding != "":
		x.Step("body", "", decision.BodyLimited{Limit: limit}, x.filterAt(f))
	case !sized || size <= limit:
	default:
		reason := decision.BodyLimited{Limit: limit, Size: size}
		x.Step("body", "refused", reason, x.filterAt(f))
		x.Hop.Response = &decision.Response{Status: http.StatusRequestEntityTooLarge, Body: "Payload Too Large"}
		return &decision.Outcome{Verdict: decision.Denied, Status: http.StatusRequestEntityTooLarge, Err: "request too large", Details: "request_payload_too_large", Reason: reason}
	}
	return nil
}
