package hcm

import (
	"slices"
	"strconv"
	"strings"

	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
)

// A sanitiser is the connection manager's work on the headers of a request before it looks for a route: it takes off what
// strangers must not send, and adds what it knows of the client.
type sanitiser struct {
	*Stream
	manager *hcmv3.HttpConnectionManager
	had     map[string]string // the client's headers that the manager may write anew
}

// sanitise runs the connection manager over the headers.
func sanitise(x *Stream) {
	s := sanitiser{Stream: x, manager: x.manager.proto}
	s.had = map[string]string{}
	for _, name := range written {
		if value, ok := x.Req.Get(name); ok {
			s.had[name] = value
		}
	}
	s.connection()
	s.referer()
	s.forwarded()
	s.envoyHeaders()
	s.requestID()
	s.certificate()
	s.report()
}

// edge reports whether the client is a stranger and this proxy the first of ours.
func (s *sanitiser) edge() bool { return s.manager.GetUseRemoteAddress().GetValue() && !s.inside }

// drop takes headers off, and records those that the client sent.
func (s *sanitiser) drop(rule decision.HeaderRule, names ...string) { s.gone(rule, s.remove(names)) }

// remove takes headers off, and returns those that there were.
func (s *sanitiser) remove(names []string) []string {
	var out []string
	for _, name := range names {
		if _, ok := s.Req.Headers[name]; ok {
			delete(s.Req.Headers, name)
			out = append(out, name)
		}
	}
	return out
}

func (s *sanitiser) gone(rule decision.HeaderRule, names []string) {
	if len(names) == 0 {
		return
	}
	s.edits.Removed = append(s.edits.Removed, names...)
	s.Step("headers", "removed", decision.HeadersSanitised{Rule: rule, Names: names}, decision.At(envoy.Listener(s.Hop.Listener)))
}

// connection takes off the headers that are about the client's connection.
func (s *sanitiser) connection() {
	gone := s.Req.Nominated()
	upgrades := s.Req.Upgrade() != "" && s.Req.Upgrade() != "CONNECT"
	if te, ok := s.Req.Get("te"); ok && !upgrades {
		if slices.ContainsFunc(strings.Split(te, ","), func(t string) bool { return strings.EqualFold(strings.TrimSpace(t), "trailers") }) {
			s.Req.Headers["te"] = []string{"trailers"}
		} else {
			delete(s.Req.Headers, "te")
			gone = append(gone, "te")
		}
	}
	names := []string{"keep-alive", "proxy-connection", "transfer-encoding"}
	if !upgrades {
		names = append(names, "connection", "upgrade")
	}
	if v, _ := s.Req.Get("expect"); !s.manager.GetProxy_100Continue() && strings.EqualFold(v, "100-continue") {
		names = append(names, "expect")
	}
	s.gone(decision.HopByHop, append(gone, s.remove(names)...))
}

// referer takes off a Referer header that is not an address of a page.
func (s *sanitiser) referer() {
	if value, ok := s.Req.Get("referer"); ok && !validReferer(value) {
		s.drop(decision.MalformedReferer, "referer")
	}
}

// validReferer reports whether a text may be a Referer header: an absolute URL without user or fragment, or a relative one.
func validReferer(value string) bool {
	if strings.Contains(value, "#") {
		return false
	}
	if _, rest, ok := strings.Cut(value, "://"); ok {
		authority, _, _ := strings.Cut(rest, "/")
		return authority != "" && !strings.Contains(authority, "@")
	}
	first, _, _ := strings.Cut(value, "/")
	return !strings.Contains(first, ":")
}

// forwarded writes where the request comes from and how it came. A proxy that takes the address of the connection for the
// client's believes nobody before it, unless it is told of trusted hops.
func (s *sanitiser) forwarded() {
	first, trusted := s.manager.GetUseRemoteAddress().GetValue(), s.manager.GetXffNumTrustedHops() > 0
	if first && !s.manager.GetSkipXffAppend() {
		s.appendTo("x-forwarded-for", s.peer())
	}
	s.present("x-forwarded-proto", map[bool]string{true: "https", false: "http"}[s.conn.Decrypted], first && !trusted)
	if s.manager.GetAppendXForwardedPort() {
		s.present("x-forwarded-port", strconv.Itoa(int(s.conn.Destination.Port())), first && !trusted)
	}
}

// present adds a header that is absent, or overwrites it.
func (s *sanitiser) present(name, value string, overwrite bool) {
	if _, ok := s.Req.Headers[name]; !ok || overwrite {
		s.Req.Headers[name] = []string{value}
	}
}

// appendTo adds a value to a list.
func (s *sanitiser) appendTo(name, value string) {
	if before, ok := s.Req.Get(name); ok && before != "" {
		value = before + "," + value
	}
	s.Req.Headers[name] = []string{value}
}

// peer is the address of the connection, and that of the proxy itself where the client is on the same machine; "" where
// nothing says where the connection comes from.
func (s *sanitiser) peer() string {
	from := s.conn.Source.Addr()
	if ips := s.up.Call.Proxy.IPs; from.IsLoopback() && len(ips) > 0 {
		return ips[0]
	}
	return address(from)
}

// envoyHeaders takes off the headers that direct Envoy, and reports whether the request comes from inside.
func (s *sanitiser) envoyHeaders() {
	s.drop(decision.EnvoyInternal, "x-envoy-internal")
	if s.inside {
		s.Req.Headers["x-envoy-internal"] = []string{"true"}
		return
	}
	if s.edge() {
		s.drop(decision.EnvoyInternal, edgeHeaders...)
	}
	s.drop(decision.EnvoyInternal, internalHeaders...)
	if s.edge() {
		s.Req.Headers["x-envoy-external-address"] = []string{address(s.from)}
	}
}

// requestID gives the request an identifier. That of a stranger is not kept, unless the manager is told to.
func (s *sanitiser) requestID() {
	if generate := s.manager.GetGenerateRequestId(); generate == nil || generate.GetValue() {
		s.present("x-request-id", request.GeneratedID, s.edge() && !s.manager.GetPreserveExternalRequestId())
	}
}

// certificate says who the client is, as its certificate has it.
func (s *sanitiser) certificate() {
	const name = "x-forwarded-client-cert"
	switch how := s.manager.GetForwardClientCertDetails(); {
	case how == hcmv3.HttpConnectionManager_ALWAYS_FORWARD_ONLY:
	case how == hcmv3.HttpConnectionManager_SANITIZE:
		s.drop(decision.CertificateWithheld, name)
	case !s.conn.Presented:
		s.drop(decision.NoPeerCertificate, name)
	case how == hcmv3.HttpConnectionManager_APPEND_FORWARD:
		s.appendTo(name, s.client())
	case how == hcmv3.HttpConnectionManager_SANITIZE_SET:
		s.Req.Headers[name] = []string{s.client()}
	}
}

// client describes the client's certificate. Of a certificate, a call says the identity alone.
func (s *sanitiser) client() string {
	parts := []string{"By=" + unknown, "Hash=" + unknown}
	details := s.manager.GetSetCurrentClientCertDetails()
	if details.GetCert() {
		parts = append(parts, `Cert="`+unknown+`"`)
	}
	if details.GetChain() {
		parts = append(parts, `Chain="`+unknown+`"`)
	}
	if details.GetSubject().GetValue() {
		parts = append(parts, `Subject=""`)
	}
	if details.GetUri() {
		parts = append(parts, "URI="+s.conn.Peer)
	}
	return strings.Join(parts, ";")
}

// report records the client's headers that the manager wrote anew.
func (s *sanitiser) report() {
	var names []string
	for _, name := range written {
		if before, had := s.had[name]; had {
			if now, ok := s.Req.Get(name); ok && now != before {
				names = append(names, name)
			}
		}
	}
	if len(names) > 0 {
		s.Step("headers", "replaced", decision.HeadersSanitised{Rule: decision.WrittenByProxy, Names: names}, decision.At(envoy.Listener(s.Hop.Listener)))
	}
}

// unknown replaces in a header what a call does not tell.
const unknown = "unknown"

var (
	// written are the headers that the connection manager writes itself.
	written = []string{"x-envoy-external-address", "x-forwarded-client-cert", "x-forwarded-port", "x-forwarded-proto", "x-request-id"}
	// edgeHeaders are those that only proxies of ours may send to the first of them.
	edgeHeaders = []string{
		"x-envoy-decorator-operation", "x-envoy-downstream-service-cluster", "x-envoy-downstream-service-node",
		"x-envoy-original-host", "x-envoy-original-path",
	}
	// internalHeaders are those that only requests from inside may have.
	internalHeaders = []string{
		expectedTimeout, "x-envoy-force-trace", "x-envoy-hedge-on-per-try-timeout", "x-envoy-ip-tags",
		"x-envoy-max-retries", "x-envoy-original-url", "x-envoy-retriable-header-names", "x-envoy-retriable-status-codes",
		"x-envoy-retry-grpc-on", "x-envoy-retry-on", "x-envoy-upstream-alt-stat-name", "x-envoy-upstream-rq-per-try-timeout-ms",
		"x-envoy-upstream-rq-timeout-alt-response", "x-envoy-upstream-rq-timeout-ms",
	}
)
