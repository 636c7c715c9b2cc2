package simulate_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sem.example/internal/envoytest"
)

// BenchmarkEnvoy sends requests over loopback through a real Envoy with one worker and a table of 1,000 routes, one
// request after the other on a connection that stays open: what BenchmarkTrace is to be compared with.
func BenchmarkEnvoy(b *testing.B) {
	envoy := envoytest.Required(b)
	upstream := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	b.Cleanup(upstream.Close)
	port := freePort(b)
	file := filepath.Join(b.TempDir(), "bootstrap.json")
	if err := os.WriteFile(file, []byte(thousandRoutes(port, upstream.Listener.Addr().(*net.TCPAddr).Port)), 0o666); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	process := exec.CommandContext(ctx, envoy, "-c", file, "--concurrency", "1", "--use-dynamic-base-id", "-l", "off")
	if err := process.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cancel(); _ = process.Wait() })
	at := fmt.Sprintf("http://127.0.0.1:%d/api/v2/items/", port)
	for deadline := time.Now().Add(20 * time.Second); get(at, 0) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatal("Envoy does not answer")
		}
	}
	for i := 0; b.Loop(); i++ {
		if err := get(at, i); err != nil {
			b.Fatal(err)
		}
	}
}

// get asks one of the 500 hosts.
func get(at string, i int) error {
	r, err := http.NewRequest(http.MethodGet, at, nil)
	if err != nil {
		return err
	}
	r.Host = fmt.Sprintf("svc-%d.ns.svc.cluster.local", i%500)
	r.Header.Set("x-user", "jason")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

func freePort(b testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// thousandRoutes is a bootstrap with two routes on each of 500 virtual hosts.
func thousandRoutes(port, upstream int) string {
	var hosts []string
	for i := range 500 {
		hosts = append(hosts, fmt.Sprintf(`{"name": "%[1]d", "domains": ["svc-%[1]d.ns.svc.cluster.local"], "routes": [
		 {"match": {"safe_regex": {"regex": "/api/v[0-9]+/items/.*"}, "headers": [{"name": "x-user", "string_match": {"exact": "jason"}}]}, "route": {"cluster": "up", "prefix_rewrite": "/items"}},
		 {"match": {"prefix": "/"}, "route": {"cluster": "up"}}]}`, i))
	}
	return fmt.Sprintf(`{"static_resources": {"listeners": [{"name": "l", "address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}}, "filter_chains": [{"filters": [{"name": "hcm", "typed_config": {
	 "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "stat_prefix": "x", "normalize_path": true, "route_config": {"name": "r", "virtual_hosts": [%s]},
	 "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}],
	 "clusters": [{"name": "up", "type": "STATIC", "load_assignment": {"cluster_name": "up", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}}}}]}]}}]}}`, port, strings.Join(hosts, ","), upstream)
}
