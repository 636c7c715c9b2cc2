package realenvoy

import (
	"net"
	"net/http"
	"reflect"
	"strconv"

	"sem.example/internal/realenvoy/accesslog"
	"sem.example/internal/realenvoy/upstream"
)

// An Observation is what became of a call: what Envoy logged, what the client got, and what the upstream received.
// Where Envoy never came to a decision its field is empty.
type Observation struct {
	Listener        string             `json:"listener"`
	FilterChain     string             `json:"filterChain"`
	RouteConfig     string             `json:"routeConfig"`
	VirtualHost     string             `json:"virtualHost"`
	Route           string             `json:"route"`
	RouteIndex      string             `json:"routeIndex"` // position in the virtual host, from 0
	Cluster         string             `json:"cluster"`
	UpstreamHost    string             `json:"upstreamHost"`
	ResponseFlags   string             `json:"responseFlags"`
	Details         string             `json:"details"`
	Status          int                `json:"status"`                    // as the client got it; 0 for a call that is not HTTP
	ResponseHeaders map[string]string  `json:"responseHeaders,omitempty"` // location and grpc-status
	AnswerHeaders   http.Header        `json:"-"`                         // all of them
	Body            string             `json:"body,omitempty"`            // of an answer that Envoy gave itself
	Error           string             `json:"error"`                     // what the client met in place of an answer
	Unlogged        bool               `json:"unlogged,omitempty"`        // no filter saw the connection
	Upstream        *upstream.Received `json:"upstream,omitempty"`
}

// noted is what the entries of a connection, that of its end last, say of what Envoy chose.
func noted(entries []accesslog.Entry) Observation {
	last := entries[len(entries)-1]
	o := Observation{Unlogged: len(entries) == 1 && last.Kind == accesslog.ConnectionEnd}
	if len(entries) > 1 && last.Kind == accesslog.ConnectionEnd {
		last = entries[len(entries)-2]
	}
	o.Listener, o.FilterChain = last.Listener, last.FilterChain
	o.Cluster, o.ResponseFlags, o.Details = last.Cluster, last.ResponseFlags, last.Details
	o.UpstreamHost = last.UpstreamHost
	if last.VirtualHost != "" {
		o.RouteConfig, o.VirtualHost, o.Route, o.RouteIndex = last.RouteConfig, last.VirtualHost, last.Route, last.RouteIndex
	}
	return o
}

// observe puts together what the client got, what Envoy logged and what the upstreams received since.
func observe(upstreams *upstream.Servers, a answer, entries []accesslog.Entry, before int) Observation {
	o := noted(entries)
	o.AnswerHeaders = a.headers
	o.Status, o.Upstream, o.UpstreamHost = a.status, upstreams.Exchange(a.exchange), upstreamHost(upstreams, o.UpstreamHost)
	if a.err != nil {
		o.Error = a.err.Error()
	}
	if o.Upstream == nil {
		o.Upstream = unanswered(upstreams, before, o.UpstreamHost)
	}
	if o.Upstream == nil {
		o.Body = a.body
	}
	for _, name := range []string{"location", "grpc-status"} {
		if value := a.headers.Get(name); value != "" {
			if o.ResponseHeaders == nil {
				o.ResponseHeaders = map[string]string{}
			}
			o.ResponseHeaders[name] = value
		}
	}
	return o
}

// unanswered returns what an upstream received whose answer did not reach the client: of several tries one at the host
// that Envoy logged, but nothing where the logged host tells none and different upstreams received different things.
func unanswered(upstreams *upstream.Servers, before int, logged string) *upstream.Received {
	received := upstreams.Since(before)
	for _, u := range received {
		if net.JoinHostPort(u.Address, strconv.FormatUint(uint64(u.Port), 10)) == logged {
			return u
		}
	}
	for _, u := range received {
		if !reflect.DeepEqual(*u, *received[0]) {
			return nil
		}
	}
	if len(received) == 0 {
		return nil
	}
	return received[0]
}

// upstreamHost is the host that Envoy logged, as the resources name it.
func upstreamHost(upstreams *upstream.Servers, logged string) string {
	_, text, err := net.SplitHostPort(logged)
	if err != nil {
		return logged
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return logged
	}
	e, ok := upstreams.EndpointAt(uint32(port))
	if !ok || e.Announced {
		return ""
	}
	return net.JoinHostPort(e.Address, strconv.FormatUint(uint64(e.Port), 10))
}
