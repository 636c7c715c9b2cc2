package simulate

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/envoy"
)

// resources are those of a JSON object that holds the four lists.
func resources(t testing.TB, text string) envoy.Resources {
	t.Helper()
	s, err := envoy.Load([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range s.NotModelled {
		t.Fatalf("%s: %s", n.What, n.Reason)
	}
	return envoy.NewIndex(s)
}

const client = `{"listeners": [
 {"name": "http", "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 80}}, "filterChains": [{"filters": [{"name": "hcm", "typedConfig": {
  "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "statPrefix": "x",
  "routeConfig": {"name": "80", "virtualHosts": [{"name": "v", "domains": ["*"], "routes": [
   {"match": {"prefix": "/old"}, "route": {"cluster": "server", "prefixRewrite": "/new", "hostRewriteLiteral": "server.example"},
    "requestHeadersToAdd": [{"header": {"key": "x-by", "value": "client"}}]}, {"match": {"prefix": "/"}, "route": {"cluster": "server"}}]}]},
  "httpFilters": [{"name": "router", "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]},
 {"name": "tcp", "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 81}}, "filterChains": [{"filters": [{"name": "tcp", "typedConfig": {
  "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "statPrefix": "x", "cluster": "server"}}]}]}],
 "clusters": [{"name": "server", "type": "STATIC", "loadAssignment": {"clusterName": "server", "endpoints": [{"lbEndpoints": [
  {"endpoint": {"address": {"socketAddress": {"address": "10.2.0.1", "portValue": 8080}}}}]}]}, "transportSocket": {"name": "tls", "typedConfig": {
  "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", "sni": "outbound_.80_._.server", "commonTlsContext": {
   "alpnProtocols": ["istio"], "tlsCertificateSdsSecretConfigs": [{"name": "default"}], "validationContextSdsSecretConfig": {"name": "ROOTCA"}}}}}]}`

const server = `{"listeners": [{"name": "virtualInbound", "trafficDirection": "INBOUND", "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 15006}},
 "listenerFilters": [{"name": "tls", "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"}}],
 "filterChains": [{"name": "mtls", "filterChainMatch": {"transportProtocol": "tls", "applicationProtocols": ["istio"]}, "transportSocket": {"name": "tls", "typedConfig": {
  "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", "requireClientCertificate": true,
  "commonTlsContext": {"validationContextSdsSecretConfig": {"name": "ROOTCA"}}}},
  "filters": [{"name": "hcm", "typedConfig": {
   "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "statPrefix": "x",
   "routeConfig": {"name": "in", "virtualHosts": [{"name": "in", "domains": ["*"], "routes": [{"match": {"prefix": "/new", "headers": [
    {"name": "x-by", "stringMatch": {"exact": "client"}}, {"name": ":authority", "stringMatch": {"exact": "server.example"}}]}, "route": {"cluster": "in"}}]}]},
   "httpFilters": [{"name": "rbac", "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC", "rules": {"policies": {"who": {
     "permissions": [{"any": true}], "principals": [{"authenticated": {"principalName": {"exact": "spiffe://mesh/client"}}}]}}}}},
    {"name": "router", "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}],
 "clusters": [{"name": "in", "type": "ORIGINAL_DST", "lbPolicy": "CLUSTER_PROVIDED"}]}`

// nextHops is a path that knows stops by the addresses of endpoints.
type nextHops map[string]NextHop

func (s nextHops) NextHop(_ Proxy, to Endpoint) (NextHop, bool) {
	stop, ok := s[fmt.Sprint(to.Address, ":", to.Port)]
	return stop, ok
}

func TestFollow(t *testing.T) {
	from, to := New(resources(t, client)), New(resources(t, server))
	known := NextHop{Engine: to, Proxy: Proxy{Type: "sidecar", Namespace: "b", Name: "server"}, Direction: "inbound", Principal: "spiffe://mesh/client"}
	stranger := known
	stranger.Principal = "spiffe://mesh/stranger"
	again := NextHop{Engine: from, Proxy: Proxy{Type: "gateway", Namespace: "g", Name: "gateway"}, Direction: "gateway"}
	round := resources(t, client)
	for _, c := range []struct {
		name   string
		engine *Engine
		hops   nextHops
		url    string
		want   []string
	}{
		{"through two proxies", from, nextHops{"10.2.0.1:8080": known}, "http://a/old/x",
			[]string{"DELIVERED", "", "0", "server 10.2.0.1:8080", "in 10.2.0.1:8080"}},
		{"no proxy behind", from, nextHops{}, "http://a/old/x", []string{"DELIVERED", "", "0", "server 10.2.0.1:8080"}},
		{"denied by the second", from, nextHops{"10.2.0.1:8080": stranger}, "http://a/old/x",
			[]string{"DENIED", "", "403", "server 10.2.0.1:8080", "in"}},
		{"no route at the second", from, nextHops{"10.2.0.1:8080": known}, "http://a/x",
			[]string{"NO_ROUTE", "NR", "404", "server 10.2.0.1:8080", ""}},
		{"refused by the second", from, nextHops{"10.2.0.1:8080": {Engine: New(resources(t, `{"listeners": []}`)), Direction: "inbound"}}, "http://a/x",
			[]string{"NO_LISTENER", "UF", "503", "server 10.2.0.1:8080", ""}},
		{"round in circles", New(round), nextHops{"10.2.0.1:8080": again}, "tcp://a:81",
			[]string{"NO_LISTENER", "UF", "0", "server 10.2.0.1:8080", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			trace := c.engine.Follow(Call{URL: c.url, Address: "10.9.9.9"}, c.hops)
			got := []string{string(trace.Verdict), trace.ResponseFlags, fmt.Sprint(trace.Status)}
			for _, h := range trace.Hops {
				at := h.Cluster
				for _, e := range h.Endpoints {
					at += " " + fmt.Sprintf("%s:%d", e.Address, e.Port)
				}
				got = append(got, at)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestFollowLoop follows a call whose endpoint is the gateway that it came through.
func TestFollowLoop(t *testing.T) {
	e := New(resources(t, `{"listeners": [{"name": "l", "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 81}}, "filterChains": [{"filters": [
	 {"name": "tcp", "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "statPrefix": "x", "cluster": "self"}}]}]}],
	 "clusters": [{"name": "self", "type": "STATIC", "loadAssignment": {"clusterName": "self", "endpoints": [{"lbEndpoints": [
	  {"endpoint": {"address": {"socketAddress": {"address": "10.2.0.1", "portValue": 81}}}}]}]}}]}`))
	self := NextHop{Engine: e, Proxy: Proxy{Type: "gateway", Name: "g"}, Direction: "gateway"}
	trace := e.Follow(Call{Proxy: self.Proxy, Address: "10.9.9.9", Port: 81}, nextHops{"10.2.0.1:81": self})
	if trace.Verdict != Loop || len(trace.Hops) != 2 {
		t.Errorf("verdict %s after %d hops", trace.Verdict, len(trace.Hops))
	}
}
