package simulate

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sem.example/internal/envoy"
)

// BenchmarkTrace answers requests over route tables with 10 to 10,000 virtual hosts of two routes each: the cost of a
// request must not grow with the table. That of 500 is the one that BenchmarkEnvoy asks.
func BenchmarkTrace(b *testing.B) {
	for _, hosts := range []int{10, 500, 1_000, 10_000} {
		engine := New(many(b, hosts))
		calls := make([]Call, hosts)
		for i := range calls {
			calls[i] = Call{Method: "GET", URL: fmt.Sprintf("http://svc-%d.ns.svc.cluster.local/api/v2/items/%d", i, i), Address: "10.0.0.9",
				Headers: map[string][]string{"x-user": {"jason"}}}
			if t := engine.Trace(calls[i]); t.Verdict != Delivered {
				b.Fatalf("%s: %s", calls[i].URL, t.Verdict)
			}
		}
		b.Run(fmt.Sprintf("hosts=%d", hosts), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				engine.Trace(calls[i%hosts])
			}
			perSecond(b)
		})
		b.Run(fmt.Sprintf("hosts=%d/json", hosts), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if _, err := json.Marshal(engine.Trace(calls[i%hosts])); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b)
		})
	}
}

// perSecond reports how many requests one core answers in a second.
func perSecond(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// BenchmarkLoad reads the configuration of the larger table, and answers the first request, which compiles it.
func BenchmarkLoad(b *testing.B) {
	text := manyText(500)
	for b.Loop() {
		s, err := envoy.Load([]byte(text))
		if err != nil {
			b.Fatal(err)
		}
		New(envoy.NewIndex(s)).Trace(Call{URL: "http://svc-7.ns.svc.cluster.local/", Address: "10.0.0.9"})
	}
}

func many(b *testing.B, hosts int) envoy.Resources {
	b.Helper()
	s, err := envoy.Load([]byte(manyText(hosts)))
	if err != nil {
		b.Fatal(err)
	}
	return envoy.NewIndex(s)
}

// manyText is a configuration with two routes a virtual host, one of them with a regular expression and a header.
func manyText(hosts int) string {
	var vhosts, clusters []string
	for i := range hosts {
		name := fmt.Sprintf("svc-%d.ns.svc.cluster.local", i)
		vhosts = append(vhosts, fmt.Sprintf(`{"name": "%[1]s:80", "domains": ["%[1]s", "svc-%[2]d.ns", "*.%[1]s"], "routes": [
		 {"name": "first", "match": {"safeRegex": {"regex": "/api/v[0-9]+/items/.*"}, "headers": [{"name": "x-user", "stringMatch": {"exact": "jason"}}]},
		  "route": {"cluster": "outbound|80|v1|%[1]s", "timeout": "5s", "prefixRewrite": "/items", "retryPolicy": {"retryOn": "5xx", "numRetries": 2}}},
		 {"name": "rest", "match": {"prefix": "/"}, "route": {"cluster": "outbound|80|v1|%[1]s", "timeout": "0s"}}]}`, name, i))
		clusters = append(clusters, fmt.Sprintf(`{"name": "outbound|80|v1|%s", "type": "STATIC", "lbPolicy": "LEAST_REQUEST", "loadAssignment": {"clusterName": "c", "endpoints": [{"lbEndpoints": [
		 {"endpoint": {"address": {"socketAddress": {"address": "10.1.%d.%d", "portValue": 8080}}}}, {"endpoint": {"address": {"socketAddress": {"address": "10.2.%[2]d.%[3]d", "portValue": 8080}}}}]}]}}`, name, i/250, i%250))
	}
	return fmt.Sprintf(`{"listeners": [{"name": "0.0.0.0_80", "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 80}},
	 "listenerFilters": [{"name": "h", "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector"}}],
	 "filterChains": [{"filterChainMatch": {"transportProtocol": "raw_buffer", "applicationProtocols": ["http/1.1", "h2c"]}, "filters": [{"name": "hcm", "typedConfig": {
	  "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "statPrefix": "x", "normalizePath": true, "rds": {"routeConfigName": "80"},
	  "httpFilters": [{"name": "envoy.filters.http.router", "typedConfig": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}],
	 "routes": [{"name": "80", "ignorePortInHostMatching": true, "virtualHosts": [%s]}], "clusters": [%s]}`, strings.Join(vhosts, ","), strings.Join(clusters, ","))
}
