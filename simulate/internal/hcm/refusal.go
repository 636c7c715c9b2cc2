package hcm

import (
	"net/http"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// A refusal is how a codec turns a request away: over HTTP/1.1 with a response, over HTTP/2 by a reset of the stream.
type refusal struct {
	err          decision.RequestError
	text         string // what is refused
	status       int    // of the response
	http1, http2 string // the details that Envoy logs
	flags        string // that Envoy logs of a reset
}

func refuse(x *Stream, r refusal) *decision.Outcome {
	o := &decision.Outcome{Verdict: decision.Denied, Err: "bad request", Details: "http2." + r.http2, Flags: r.flags, Reason: decision.InvalidRequest{Error: r.err, Text: r.text}}
	if x.conn.Inner != call.HTTP2 {
		o.Status, o.Details, o.Flags = r.status, "http1."+r.http1, "DPE"
		x.Hop.Response = &decision.Response{Status: r.status, Body: http.StatusText(r.status)}
	}
	x.Step("http", "refused", o.Reason, decision.At(x.chain))
	return o
}

// What a connection manager allows of headers where it does not set limits.
const (
	defaultHeaderCount     = 100
	defaultHeaderKilobytes = 60
)

// limits refuses a request with too many headers, or too large ones.
func limits(x *Stream) *decision.Outcome {
	count, size := uint32(defaultHeaderCount), uint32(defaultHeaderKilobytes)
	if n := x.manager.proto.GetCommonHttpProtocolOptions().GetMaxHeadersCount(); n != nil {
		count = n.GetValue()
	}
	if n := x.manager.proto.GetMaxRequestHeadersKb(); n != nil {
		size = n.GetValue()
	}
	switch {
	case uint64(x.Req.Size()) > uint64(size)*1024:
		return refuse(x, refusal{decision.HeadersTooLarge, "", 431, "headers_too_large", "header_list_size_too_large", "DR"})
	case uint64(x.Req.Count()) > uint64(count):
		return refuse(x, refusal{decision.TooManyHeaders, "", 431, "too_many_headers", "too_many_headers", "DR"})
	}
	return nil
}

// framing refuses a request whose headers are malformed or contradict each other.
func framing(x *Stream) *decision.Outcome {
	err, text := x.Req.Malformed()
	r := refusal{err, text, 400, "codec_error", "invalid.header.field", "DPE"}
	switch err {
	case 0:
		return nil
	case decision.LengthAndChunked:
		if x.manager.proto.GetHttpProtocolOptions().GetAllowChunkedLength() {
			delete(x.Req.Headers, "content-length")
			return nil
		}
		r.http1 = "content_length_and_chunked_not_allowed"
	case decision.UnknownTransferEncoding:
		r.status, r.http1 = 501, "invalid_transfer_encoding"
	case decision.ReservedInConnection:
		r.http1 = "connection_header_rejected"
	}
	return refuse(x, r)
}
