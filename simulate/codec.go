package simulate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
)

// codec reads the request as a connection manager's codec does, which may not know the client's HTTP version, or not like
// the names of its headers.
func (x *exchange) codec() *outcome {
	switch kind := x.manager.proto.GetCodecType(); {
	case kind == hcmv3.HttpConnectionManager_HTTP1 && x.conn.inner == http2:
		return x.otherVersion("the proxy reads HTTP/1.1 only here, and the client speaks HTTP/2")
	case kind == hcmv3.HttpConnectionManager_HTTP2 && x.conn.inner != http2:
		return x.otherVersion("the proxy reads HTTP/2 only here, and the client speaks HTTP/1.1")
	}
	return x.underscores()
}

func (x *exchange) otherVersion(reason string) *outcome {
	x.step("http", "refused", reason, at(x.chain))
	return &outcome{verdict: Unsupported, flags: "DPE", err: "protocol error", details: "http1.codec_error", reason: reason}
}

// underscores drops or refuses headers with an underscore in their names, where the manager is told to.
func (x *exchange) underscores() *outcome {
	action := x.manager.proto.GetCommonHttpProtocolOptions().GetHeadersWithUnderscoresAction()
	if action == corev3.HttpProtocolOptions_ALLOW {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(x.req.headers)) {
		if !strings.Contains(name, "_") {
			continue
		}
		if action == corev3.HttpProtocolOptions_REJECT_REQUEST {
			return x.underscored(name)
		}
		x.req.headers = maps.Clone(x.req.headers)
		delete(x.req.headers, name)
		x.stripped = append(x.stripped, name)
	}
	return nil
}

// underscored refuses a request: HTTP/1.1 with an answer, HTTP/2 with a reset stream.
func (x *exchange) underscored(name string) *outcome {
	o := &outcome{verdict: Denied, err: "bad request", details: "http2.unexpected_underscore", flags: "DR", reason: fmt.Sprintf("the header %s has an underscore in its name, which the proxy refuses", name)}
	if x.conn.inner != http2 {
		o.status, o.details, o.flags = 400, "http1.unexpected_underscore", "DPE"
		x.hop.Response = &Response{Status: 400, Body: "Bad Request"}
	}
	x.step("http", "refused", o.reason, at(x.chain))
	return o
}

// misnamed is the answer where the configuration adds a header to the request whose name is none: Envoy finds out when it
// is about to send the request.
func misnamed(req *request) *outcome {
	for _, name := range slices.Sorted(maps.Keys(req.headers)) {
		if !isToken(name) {
			return &outcome{
				verdict: Denied, status: 503, flags: "DPE", err: "protocol error",
				details: "filter_removed_required_request_headers{invalid_header_name:_" + strings.ReplaceAll(name, " ", "_") + "}",
				body:    "invalid header name: " + name,
				reason:  fmt.Sprintf("the route adds a header whose name %q is none that HTTP knows", name),
			}
		}
	}
	return nil
}

// isToken says whether a text is a token of HTTP, as names of headers are.
func isToken(name string) bool {
	for i := range len(name) {
		if c := name[i]; !wordByte(c) && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return name != ""
}
