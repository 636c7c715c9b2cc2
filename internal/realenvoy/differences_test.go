package realenvoy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/realenvoy"
	"sem.example/internal/realenvoy/upstream"
	"sem.example/simulate"
)

// delivered is a trace of a request that is rewritten and sent over TLS, and carried is what Envoy does with it.
func delivered() (*simulate.Trace, realenvoy.Observation) {
	trace := &simulate.Trace{
		Verdict: simulate.Delivered,
		Call:    simulate.Call{Method: "GET", URL: "http://web/"},
		Hops: []simulate.Hop{{
			Listener: "0.0.0.0_80", RouteConfig: "80", VirtualHost: "web:80", Route: "rewritten", Cluster: "outbound|443||api.example.com",
			Endpoints: []simulate.Endpoint{{Address: "api.example.com", Port: 443}, {Address: "10.0.0.9", Port: 443, TLS: "DISABLE"}},
			TLS:       &simulate.TLS{Mode: "SIMPLE", OriginatedBy: "proxy", SNI: "api.example.com"},
			Rewrite:   &simulate.Rewrite{Path: &simulate.Change{From: "/", To: "/v1"}, Authority: &simulate.Change{From: "web", To: "api.example.com"}},
			Headers:   &simulate.HeaderOps{Request: &simulate.HeaderChange{Set: map[string]string{"X-Env": "prod"}, Remove: []string{"X-Debug"}}},
			Branches:  []simulate.Branch{{Cluster: "canary", Verdict: simulate.Delivered, Endpoints: []simulate.Endpoint{{Address: "10.0.0.8", Port: 80}}}},
		}},
	}
	carried := realenvoy.Observation{
		Listener: "0.0.0.0_80", RouteConfig: "80", VirtualHost: "web:80", Route: "rewritten", Cluster: "outbound|443||api.example.com",
		Status: 200, Details: "via_upstream",
		Upstream: &upstream.Received{
			Address: "api.example.com", Port: 443, Protocol: "http/1.1", TLS: &upstream.TLS{SNI: "api.example.com"},
			Method: "GET", Path: "/v1", Authority: "api.example.com", Headers: map[string]string{"x-env": "prod"},
		},
	}
	return trace, carried
}

func TestDifferences(t *testing.T) {
	tests := []struct {
		name   string
		change func(*simulate.Trace, *realenvoy.Observation)
		want   []string
	}{
		{"none", func(*simulate.Trace, *realenvoy.Observation) {}, nil},
		{"listener", func(_ *simulate.Trace, o *realenvoy.Observation) { o.Listener = "virtualOutbound" },
			[]string{"listener: trace 0.0.0.0_80, Envoy virtualOutbound"}},
		{"route", func(_ *simulate.Trace, o *realenvoy.Observation) { o.Route = "default" },
			[]string{"route: trace rewritten, Envoy default"}},
		{"another cluster", func(_ *simulate.Trace, o *realenvoy.Observation) { o.Cluster = "stable" },
			[]string{"cluster: trace outbound|443||api.example.com, Envoy stable"}},
		{"a branch", func(_ *simulate.Trace, o *realenvoy.Observation) {
			o.Cluster, o.Upstream.Address, o.Upstream.Port, o.Upstream.TLS = "canary", "10.0.0.8", 80, nil
		}, nil},
		{"endpoint", func(_ *simulate.Trace, o *realenvoy.Observation) { o.Upstream.Port = 80 },
			[]string{"endpoint: trace [api.example.com:443 10.0.0.9:443 10.0.0.8:80], Envoy api.example.com:80"}},
		{"plaintext", func(_ *simulate.Trace, o *realenvoy.Observation) { o.Upstream.TLS = nil },
			[]string{"TLS: trace true, Envoy false"}},
		{"a header that the trace does not mention", func(tr *simulate.Trace, _ *realenvoy.Observation) {
			tr.Call.Headers = map[string][]string{"X-Lost": {"1"}, "x-env": {"dev"}}
		}, []string{"header x-lost: trace 1, Envoy "}},
		{"bytes that the upstream does not like", func(tr *simulate.Trace, o *realenvoy.Observation) {
			h := &tr.Hops[0]
			h.VirtualHost, h.RouteConfig, h.Route, h.Rewrite, h.Headers = "", "", "", nil, nil
			*o = realenvoy.Observation{Listener: h.Listener, Cluster: h.Cluster, Status: 400, Error: "closed"}
		}, nil},
		{"an endpoint without TLS", func(_ *simulate.Trace, o *realenvoy.Observation) {
			o.Upstream.Address, o.Upstream.TLS = "10.0.0.9", nil
		}, nil},
		{"certificate", func(_ *simulate.Trace, o *realenvoy.Observation) { o.Upstream.TLS.ClientCertificate = true },
			[]string{"client certificate: trace false, Envoy true"}},
		{"a certificate to the other of two endpoints at one address", func(tr *simulate.Trace, o *realenvoy.Observation) {
			h := &tr.Hops[0]
			second := h.Endpoints[0]
			second.TLS = "MUTUAL"
			h.Endpoints = append([]simulate.Endpoint{}, h.Endpoints[0], second)
			o.Upstream.TLS.ClientCertificate = true
		}, nil},
		{"path", func(_ *simulate.Trace, o *realenvoy.Observation) { o.Upstream.Path = "/" },
			[]string{"path: trace /v1, Envoy /"}},
		{"headers", func(_ *simulate.Trace, o *realenvoy.Observation) {
			o.Upstream.Headers = map[string]string{"x-debug": "1"}
		},
			[]string{"header X-Debug: trace removed, Envoy 1", "header X-Env: trace prod, Envoy "}},
		{"delivered though the trace says not", func(t *simulate.Trace, _ *realenvoy.Observation) {
			t.Verdict, t.Hops[0].Branches = simulate.NoEndpoints, nil
		}, []string{"verdict: trace NO_ENDPOINTS, Envoy the upstream answered"}},
		{"closed though the trace says delivered", func(_ *simulate.Trace, o *realenvoy.Observation) {
			o.Upstream, o.Status, o.Details, o.Error = nil, 0, "", "closed"
		}, []string{"verdict: trace DELIVERED, Envoy closed"}},
		{"answered by Envoy", func(_ *simulate.Trace, o *realenvoy.Observation) {
			o.Upstream, o.Status, o.Details = nil, 503, "no_healthy_upstream"
		}, []string{"status: trace 0, Envoy 503"}},
		{"redirected elsewhere", func(t *simulate.Trace, o *realenvoy.Observation) {
			t.Status, t.Hops[0].Response = 301, &simulate.Response{Location: "https://web/"}
			o.Upstream, o.Status, o.Details, o.ResponseHeaders = nil, 301, "direct_response", map[string]string{"location": "https://api/"}
		}, []string{"location: trace https://web/, Envoy https://api/"}},
		{"an injected fault", func(_ *simulate.Trace, o *realenvoy.Observation) {
			o.Upstream, o.Status, o.ResponseFlags = nil, 500, "FI"
		}, []string{"verdict: trace DELIVERED, Envoy FAULT_ABORTED"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			trace, seen := delivered()
			test.change(trace, &seen)
			if diff := cmp.Diff(test.want, realenvoy.Differences(trace, seen)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
