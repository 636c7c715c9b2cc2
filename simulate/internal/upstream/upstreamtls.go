package upstream

import (
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
)

// upstreamTLS describes the encryption of one request through a socket. With automatic SNI it is the host that the
// upstream is asked for; an address is not a server name, but may be a SAN.
func (c *cluster) upstreamTLS(s *transportSocket, req *request.Request) *decision.TLS {
	if s == nil {
		return &decision.TLS{Mode: decision.ModeDisable, OriginatedBy: decision.ByNobody, ALPN: []string{}, SubjectAltNames: []string{}}
	}
	t := s.tls
	options := c.http.GetUpstreamHttpProtocolOptions()
	if req == nil || options == nil {
		return &t
	}
	host := autoHost(options, req)
	if _, err := netip.ParseAddr(host); err != nil && options.GetAutoSni() && host != "" {
		t.SNI = host
	}
	if options.GetAutoSanValidation() && host != "" && t.CACertificates != "" {
		t.SubjectAltNames = append(slices.Clone(t.SubjectAltNames), host)
	}
	return &t
}

// autoHost is the host for automatic SNI and SANs.
func autoHost(o *corev3.UpstreamHttpProtocolOptions, req *request.Request) string {
	authority := req.Authority
	if name := o.GetOverrideAutoSniHeader(); name != "" {
		if value, ok := req.Get(strings.ToLower(name)); ok && value != "" {
			authority = value
		}
	}
	host, _ := call.SplitPort(authority)
	return host
}

// SpeaksHTTP2 reports whether the cluster is talked to in HTTP/2, given what the client speaks.
func (c *cluster) SpeaksHTTP2(client string) bool {
	if c.http == nil {
		return c.proto.GetHttp2ProtocolOptions() != nil
	}
	switch o := c.http.GetUpstreamProtocolOptions().(type) {
	case *httpv3.HttpProtocolOptions_ExplicitHttpConfig_:
		return o.ExplicitHttpConfig.GetHttp2ProtocolOptions() != nil
	case *httpv3.HttpProtocolOptions_UseDownstreamProtocolConfig:
		return client == call.HTTP2
	}
	return false
}
