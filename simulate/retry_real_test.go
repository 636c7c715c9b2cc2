package simulate_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
	"sem.example/internal/realenvoy/process"
	"sem.example/render"
	"sem.example/simulate"
)

// TestPerTryTimeoutByEnvoy has a real Envoy send requests to an upstream that never responds, under each condition of a retry
// policy, and counts the attempts: an attempt that its timeout ends is repeated under those conditions alone under which the trace
// says so.
func TestPerTryTimeoutByEnvoy(t *testing.T) {
	path := envoytest.Required(t)
	conditions := []string{
		"5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "refused-stream", "retriable-4xx", "retriable-status-codes",
		"envoy-ratelimited", "http3-post-connect-failure", "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable",
		"connect-failure,refused-stream,unavailable,cancelled", "connect-failure,refused-stream,reset",
	}
	var mu sync.Mutex
	attempts := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		attempts[r.URL.Path]++
		mu.Unlock()
		<-r.Context().Done()
	}))
	defer server.Close()
	port := freePort(t)
	s, err := envoy.Load(retrying(t, port, server.Listener.Addr().(*net.TCPAddr).Port, conditions))
	if err != nil {
		t.Fatal(err)
	}
	startEnvoy(t, path, s)
	engine := simulate.New(envoy.NewIndex(s))
	for i, on := range conditions {
		t.Run(on, func(t *testing.T) {
			url := fmt.Sprintf("http://127.0.0.1:%d/%d-", port, i)
			r, err := http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if r.StatusCode != http.StatusGatewayTimeout {
				t.Errorf("Envoy responds with %d", r.StatusCode)
			}
			trace := engine.Trace(simulate.Call{URL: url, Address: "127.0.0.1", Port: uint32(port)})
			want := 1
			if retries := trace.Hops[0].Policy.Retries; retries.OnTimeout {
				want += int(retries.Attempts)
			}
			mu.Lock()
			defer mu.Unlock()
			if got := attempts[fmt.Sprintf("/%d-", i)]; got != want {
				t.Errorf("Envoy makes %d attempts; the trace says %d", got, want)
			}
		})
	}
}

// retrying are the resources of a proxy with a route for each condition.
func retrying(t *testing.T, port, upstream int, conditions []string) []byte {
	t.Helper()
	var routes []any
	for i, on := range conditions {
		policy := map[string]any{"retryOn": on, "numRetries": 2, "perTryTimeout": "0.2s", "retryBackOff": map[string]any{"baseInterval": "0.001s"}}
		if strings.Contains(on, "retriable-status-codes") {
			policy["retriableStatusCodes"] = []int{503, 504}
		}
		routes = append(routes, map[string]any{"match": map[string]any{"prefix": fmt.Sprintf("/%d-", i)}, "route": map[string]any{"cluster": "silent", "retryPolicy": policy}})
	}
	const extension = "type.googleapis.com/envoy.extensions.filters."
	address := func(port int) any {
		return map[string]any{"socketAddress": map[string]any{"address": "127.0.0.1", "portValue": port}}
	}
	manager := map[string]any{
		"@type": extension + "network.http_connection_manager.v3.HttpConnectionManager", "statPrefix": "x",
		"routeConfig": map[string]any{"name": "r", "virtualHosts": []any{map[string]any{"name": "v", "domains": []string{"*"}, "routes": routes}}},
		"httpFilters": []any{map[string]any{"name": "envoy.filters.http.router", "typedConfig": map[string]any{"@type": extension + "http.router.v3.Router"}}},
	}
	endpoint := map[string]any{"endpoint": map[string]any{"address": address(upstream)}}
	text, err := json.Marshal(map[string]any{
		"listeners": []any{map[string]any{"name": "l", "address": address(port), "filterChains": []any{map[string]any{
			"filters": []any{map[string]any{"name": "envoy.filters.network.http_connection_manager", "typedConfig": manager}},
		}}}},
		"clusters": []any{map[string]any{"name": "silent", "type": "STATIC", "loadAssignment": map[string]any{
			"clusterName": "silent", "endpoints": []any{map[string]any{"lbEndpoints": []any{endpoint}}},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// startEnvoy runs resources as they are for the length of a test.
func startEnvoy(t *testing.T, path string, s *envoy.Snapshot) {
	t.Helper()
	dir := t.TempDir()
	out, err := os.Create(filepath.Join(dir, process.BootstrapFile))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := render.Bootstrap(out, s, render.BootstrapOptions{AdminPort: uint32(freePort(t))}); err != nil {
		t.Fatal(err)
	}
	p, err := process.Start(t.Context(), dir, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
}
