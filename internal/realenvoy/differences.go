package realenvoy

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"sem.example/internal/realenvoy/upstream"
	"sem.example/simulate"
)

// Differences names what a trace says otherwise than a real Envoy did, each difference with both sides; none means that
// they agree. Of several branches any one may be what was observed.
func Differences(t *simulate.Trace, o Observation) []string {
	if len(t.Hops) == 0 {
		return []string{"the trace has no hops"}
	}
	c := comparison{call: t.Call, trace: t, hop: &t.Hops[0], seen: o}
	c.choices()
	if o.Upstream == nil && c.branch(fails) {
		return c.out // one of the branches that lead nowhere
	}
	switch {
	case hasFlag(o, "FI"):
		c.fault()
	case hasFlag(o, "UAEX"):
		c.authorizer()
	case hasFlag(o, "RL"):
		c.rateLimit()
	case o.Upstream != nil:
		c.upstream(*o.Upstream)
		c.delivery()
	case c.hop.TLS != nil && strings.HasSuffix(c.hop.TLS.SNI, "."): // which the upstreams' library refuses
	case o.Status != 0 && o.Details != "via_upstream" && !c.bytes():
		c.answer()
	}
	if o.Error != "" {
		c.failure()
	}
	return c.out
}

type comparison struct {
	call  simulate.Call
	trace *simulate.Trace
	hop   *simulate.Hop
	seen  Observation
	out   []string
}

func (c *comparison) differ(what string, trace, envoy any) {
	c.out = append(c.out, fmt.Sprintf("%s: trace %v, Envoy %v", what, trace, envoy))
}

func (c *comparison) equal(what string, trace, envoy any) {
	if trace != envoy {
		c.differ(what, trace, envoy)
	}
}

// bytes reports whether the trace and Envoy took the call for bytes, so that what came back is the upstream's. Envoy gives every
// request of HTTP details.
func (c *comparison) bytes() bool {
	return c.hop.VirtualHost == "" && c.seen.Details == "" && c.seen.ResponseFlags == "" && c.seen.Cluster != ""
}

func hasFlag(o Observation, flag string) bool {
	return slices.Contains(strings.Split(o.ResponseFlags, ","), flag)
}

// choices compares what Envoy chose from the listener down to the cluster. What it did not come to choose, or did not
// log, is not compared.
func (c *comparison) choices() {
	if c.seen.Listener != "" {
		c.equal("listener", c.hop.Listener, c.seen.Listener)
		c.equal("filter chain", c.hop.FilterChain, c.seen.FilterChain)
	}
	if c.seen.VirtualHost != "" {
		c.equal("route table", c.hop.RouteConfig, c.seen.RouteConfig)
		c.equal("virtual host", c.hop.VirtualHost, c.seen.VirtualHost)
		c.equal("route", c.hop.Route, c.seen.Route)
	}
	if cluster := c.seen.Cluster; cluster != "" && cluster != c.hop.Cluster && !c.branch(func(b simulate.Branch) bool { return b.Cluster == cluster }) {
		c.differ("cluster", c.hop.Cluster, cluster)
	}
}

func (c *comparison) branch(is func(simulate.Branch) bool) bool {
	return slices.ContainsFunc(c.hop.Branches, is)
}

// twice reports whether several branches lead to a cluster, so that none is known to have been taken.
func (c *comparison) twice(cluster string) bool {
	n := 0
	for _, b := range c.hop.Branches {
		if b.Cluster == cluster {
			n++
		}
	}
	return n > 1
}

func fails(b simulate.Branch) bool { return !b.Verdict.Succeeded() }

func (c *comparison) fault() {
	if c.trace.Verdict != simulate.FaultAborted && !c.branch(func(b simulate.Branch) bool { return b.Verdict == simulate.FaultAborted }) {
		c.differ("verdict", c.trace.Verdict, simulate.FaultAborted)
	}
}

// authorizer holds a refusal that comes of an external authorizer against the branches that the trace names.
func (c *comparison) authorizer() {
	failed := strings.HasPrefix(c.seen.Details, "ext_authz_error")
	if !slices.ContainsFunc(c.hop.Authorizers, func(a simulate.Authorizer) bool {
		return !failed || a.Unavailable.Verdict != "" && a.Unavailable.Status == c.seen.Status
	}) {
		c.differ("authorizer", c.hop.Authorizers, c.seen.Details)
	}
}

// rateLimit holds a refusal that comes of a rate limit against the limits that the trace names.
func (c *comparison) rateLimit() {
	if p := c.hop.Policy; p == nil || !slices.ContainsFunc(p.RateLimits, func(l simulate.RateLimit) bool { return l.Status == c.seen.Status }) {
		c.differ("rate limit", p, c.seen.Status)
	}
}

// upstream compares what the trace says that the upstream receives with what it received.
func (c *comparison) upstream(u upstream.Received) {
	if !c.dials(u) {
		c.differ("endpoint", c.endpoints(), fmt.Sprintf("%s:%d", u.Address, u.Port))
	}
	if c.seen.Cluster != "" && c.seen.Cluster != c.hop.Cluster {
		return // another branch than the one that the hop describes
	}
	c.encryption(u)
	if u.Path == "" {
		return
	}
	authority, path := asked(c.call)
	if r := c.hop.Rewrite; r != nil && r.Path != nil {
		path = r.Path.To
	}
	if r := c.hop.Rewrite; r != nil && r.Authority != nil {
		authority = r.Authority.To
	}
	c.equal("path", path, u.Path)
	c.equal("authority", authority, u.Authority)
	if c.call.Method != "" {
		c.equal("method", c.call.Method, u.Method)
	}
	if c.twice(c.hop.Cluster) {
		return
	}
	c.unmentioned(u.Headers)
	if c.hop.Headers != nil {
		c.headers(c.hop.Headers.Request, u.Headers)
		c.answered()
	}
}

// unmentioned holds the client's headers that the trace does not mention against those that arrived: they pass as they are.
func (c *comparison) unmentioned(seen map[string]string) {
	mentioned := map[string]bool{}
	if c.hop.Headers != nil && c.hop.Headers.Request != nil {
		ops := c.hop.Headers.Request
		for _, name := range slices.Concat(slices.Collect(maps.Keys(ops.Set)), slices.Collect(maps.Keys(ops.Add)), ops.Remove) {
			mentioned[strings.ToLower(name)] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.call.Headers)) {
		lower := strings.ToLower(name)
		if mentioned[lower] || rewritten(lower) {
			continue
		}
		if want, got := plainList(strings.Join(c.call.Headers[name], ",")), plainList(seen[lower]); want != got {
			c.differ("header "+lower, want, got)
		}
	}
}

// rewritten reports whether a header is one that every proxy writes by itself, or one of the connection, of which a trace names
// those that it takes off. An upstream over HTTP/2 keeps an expectation to itself.
func rewritten(name string) bool {
	switch name {
	case "host", "connection", "upgrade", "te", "content-length", "transfer-encoding", "x-request-id", "expect":
		return true
	}
	return strings.HasPrefix(name, "x-envoy-") || strings.HasPrefix(name, "x-forwarded-")
}

// plainList is a list of values without the blanks around them, however they are joined.
func plainList(value string) string {
	return strings.Join(strings.FieldsFunc(value, func(c rune) bool { return c == ',' || c == ';' || c == ' ' || c == '\t' }), ",")
}

// answered compares the operations on the answer with the headers that arrived at the client, if any did.
func (c *comparison) answered() {
	seen := map[string]string{}
	for name, values := range c.seen.AnswerHeaders {
		seen[strings.ToLower(name)] = strings.Join(values, ",")
	}
	if len(seen) > 0 && c.seen.Details == "via_upstream" {
		c.headers(c.hop.Headers.Response, seen)
	}
}

func (c *comparison) endpoints() []string {
	var out []string
	add := func(list []simulate.Endpoint) {
		for _, e := range list {
			out = append(out, fmt.Sprintf("%s:%d", e.Address, e.Port))
		}
	}
	add(c.hop.Endpoints)
	for _, b := range c.hop.Branches {
		add(b.Endpoints)
	}
	return out
}

func (c *comparison) dials(u upstream.Received) bool {
	is := func(e simulate.Endpoint) bool { return isEndpoint(e, u) }
	return slices.ContainsFunc(c.hop.Endpoints, is) ||
		c.branch(func(b simulate.Branch) bool { return slices.ContainsFunc(b.Endpoints, is) })
}

// isEndpoint reports whether an endpoint is where the upstream was reached, as far as it was told.
func isEndpoint(e simulate.Endpoint, u upstream.Received) bool {
	return (u.Port == 0 || e.Port == u.Port) && (u.Address == "" || SameAddress(e.Address, u.Address))
}

func (c *comparison) encryption(u upstream.Received) {
	tls := c.tlsTowards(u)
	encrypted := encrypts(tls)
	c.equal("TLS", encrypted, u.TLS != nil)
	if !encrypted || u.TLS == nil {
		return
	}
	c.equal("SNI", tls.SNI, u.TLS.SNI)
	if tls.OriginatedBy == "proxy" && !u.TLS.Broken {
		c.equal("client certificate", mutual(tls), u.TLS.ClientCertificate)
	}
}

// tlsTowards is the encryption that the trace names for the endpoint that was dialled. Of several at one address it is
// the one with the encryption that the upstream saw.
func (c *comparison) tlsTowards(u upstream.Received) simulate.TLS {
	if c.hop.TLS == nil {
		return simulate.TLS{OriginatedBy: "none"}
	}
	out := *c.hop.TLS
	for _, e := range slices.Backward(c.hop.Endpoints) {
		if !isEndpoint(e, u) {
			continue
		}
		if out = c.tlsOf(e, u); arrivedAs(out, u) {
			return out
		}
	}
	return out
}

// tlsOf is the encryption that the trace names for one endpoint. The hop describes that towards the likeliest; of
// another's no more than the mode is known.
func (c *comparison) tlsOf(e simulate.Endpoint, u upstream.Received) simulate.TLS {
	sni := ""
	if u.TLS != nil {
		sni = u.TLS.SNI
	}
	switch {
	case e.TLS == "", e.TLS == c.hop.TLS.Mode:
		return *c.hop.TLS
	case e.TLS == "DISABLE" && c.call.TLS != "plaintext" && u.TLS != nil:
		return simulate.TLS{OriginatedBy: "application", SNI: sni}
	case e.TLS == "DISABLE":
		return simulate.TLS{OriginatedBy: "none"}
	}
	return simulate.TLS{OriginatedBy: "proxy", Mode: e.TLS, SNI: sni}
}

// arrivedAs reports whether the upstream saw such an encryption, and by a proxy with a certificate or without as it was.
func arrivedAs(t simulate.TLS, u upstream.Received) bool {
	if u.TLS == nil || !encrypts(t) {
		return encrypts(t) == (u.TLS != nil)
	}
	return t.OriginatedBy != "proxy" || u.TLS.Broken || mutual(t) == u.TLS.ClientCertificate
}

// mutual reports whether the proxy presents a certificate.
func mutual(t simulate.TLS) bool { return t.Mode == "MUTUAL" || t.Mode == "ISTIO_MUTUAL" }

// encrypts reports whether what leaves is encrypted, by whomever.
func encrypts(t simulate.TLS) bool {
	return t.OriginatedBy == "proxy" || t.OriginatedBy == "application"
}

// headers compares the operations that the trace names with the headers that arrived. Values that Envoy computes from
// the request, and those that name the authority, are compared elsewhere or not at all.
func (c *comparison) headers(ops *simulate.HeaderChange, seen map[string]string) {
	if ops == nil {
		return
	}
	for _, values := range []map[string]string{ops.Set, ops.Add} {
		for name, value := range values {
			computed := strings.Contains(value, "%") || strings.HasPrefix(name, ":") || strings.EqualFold(name, "host")
			if got := seen[strings.ToLower(name)]; !computed && !strings.Contains(got, value) {
				c.differ("header "+name, value, got)
			}
		}
	}
	for _, name := range ops.Remove {
		if got, there := seen[strings.ToLower(name)]; there {
			c.differ("header "+name, "removed", got)
		}
	}
	slices.Sort(c.out)
}

// delivery holds a trace of failure against an upstream whose answer the client got.
func (c *comparison) delivery() {
	succeeds := func(b simulate.Branch) bool { return b.Verdict.Succeeded() }
	if len(c.trace.Hops) > 1 {
		return // the verdict is that of the last proxy
	}
	got := c.seen.Error == "" && (c.seen.Details == "via_upstream" || c.seen.Upstream.Protocol == "tcp")
	if got && !c.trace.Verdict.Succeeded() && !c.branch(succeeds) {
		c.differ("verdict", c.trace.Verdict, "the upstream answered")
	}
}

// answer compares the answers that Envoy gives itself. To a gRPC client it gives each of them as 200, with a status of
// gRPC's that stands for its own.
func (c *comparison) answer() {
	if status := c.seen.ResponseHeaders["grpc-status"]; status != "" {
		c.equal("gRPC status", grpcStatus(c.trace.Status), status)
		return
	}
	c.equal("status", c.trace.Status, c.seen.Status)
	if r := c.hop.Response; r != nil && r.Status == c.seen.Status && c.seen.Body != "" {
		c.equal("body", r.Body, c.seen.Body)
	}
	if want := c.seen.ResponseHeaders["location"]; want != "" {
		got := ""
		if c.hop.Response != nil {
			got = c.hop.Response.Location
		}
		c.equal("location", got, want)
	}
}

// grpcStatus is the gRPC status that Envoy gives for an HTTP status of its own.
func grpcStatus(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "13"
	case http.StatusUnauthorized:
		return "16"
	case http.StatusForbidden:
		return "7"
	case http.StatusNotFound:
		return "12"
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return "14"
	}
	return "2"
}

// failure holds a trace of success against a client that got nothing. Where the application's own TLS or bytes are
// passed on, it is the server that may not have liked them.
func (c *comparison) failure() {
	passes := c.bytes() || c.trace.Verdict == simulate.Passthrough || c.hop.TLS != nil && c.hop.TLS.OriginatedBy == "application"
	if c.trace.Verdict.Succeeded() && !passes {
		c.differ("verdict", c.trace.Verdict, c.seen.Error)
	}
}
