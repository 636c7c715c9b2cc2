package hcm

import (
	"maps"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
)

// codec reads the request as a connection manager's codec does, which may not know the client's HTTP version, or not like
// the names of its headers.
func codec(x *Stream) *decision.Outcome {
	switch kind := x.manager.proto.GetCodecType(); {
	case kind == hcmv3.HttpConnectionManager_HTTP1 && x.conn.Inner == call.HTTP2:
		return otherVersion(x, decision.OnlyHTTP1)
	case kind == hcmv3.HttpConnectionManager_HTTP2 && x.conn.Inner != call.HTTP2:
		return otherVersion(x, decision.OnlyHTTP2)
	}
	if o := limits(x); o != nil {
		return o
	}
	if o := framing(x); o != nil {
		return o
	}
	return underscores(x)
}

func otherVersion(x *Stream, err decision.RequestError) *decision.Outcome {
	reason := decision.InvalidRequest{Error: err}
	x.Step("http", "refused", reason, decision.At(x.chain))
	return &decision.Outcome{Verdict: decision.Unsupported, Flags: "DPE", Err: "protocol error", Details: "http1.codec_error", Reason: reason}
}

// underscores drops or refuses headers with an underscore in their names, where the manager is told to.
func underscores(x *Stream) *decision.Outcome {
	action := x.manager.proto.GetCommonHttpProtocolOptions().GetHeadersWithUnderscoresAction()
	if action == corev3.HttpProtocolOptions_ALLOW {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(x.Req.Headers)) {
		if !strings.Contains(name, "_") {
			continue
		}
		if action == corev3.HttpProtocolOptions_REJECT_REQUEST {
			return underscored(x, name)
		}
		x.Req.Headers = maps.Clone(x.Req.Headers)
		delete(x.Req.Headers, name)
		x.edits.Removed = append(x.edits.Removed, name)
	}
	return nil
}

// underscored refuses a request: HTTP/1.1 with an answer, HTTP/2 with a reset stream.
func underscored(x *Stream, name string) *decision.Outcome {
	return refuse(x, refusal{decision.UnderscoreInHeader, name, 400, "unexpected_underscore", "unexpected_underscore", "DR"})
}

// misnamed is the answer where the configuration adds a header to the request whose name is none: Envoy finds out when it
// is about to send the request.
func misnamed(req *request.Request) *decision.Outcome {
	for _, name := range slices.Sorted(maps.Keys(req.Headers)) {
		if !request.IsToken(name) {
			return &decision.Outcome{
				Verdict: decision.Denied, Status: 503, Flags: "DPE", Err: "protocol error",
				Details: "filter_removed_required_request_headers{invalid_header_name:_" + strings.ReplaceAll(name, " ", "_") + "}",
				Body:    "invalid header name: " + name,
				Reason:  decision.InvalidHeaderName{Name: name},
			}
		}
	}
	return nil
}
