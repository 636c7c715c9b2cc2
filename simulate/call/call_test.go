package call

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNormal(t *testing.T) {
	for _, c := range []struct {
		name       string
		call, want Call
	}{
		{"plain URL", Call{URL: "http://a.example/x"},
			Call{Direction: "outbound", Method: "GET", URL: "http://a.example/x", Port: 80, Protocol: "http", TLS: "plaintext"}},
		{"TLS and port of a URL", Call{URL: "https://a.example:8443"},
			Call{Direction: "outbound", Method: "GET", URL: "https://a.example:8443", Port: 8443, Protocol: "http", TLS: "tls", SNI: "a.example"}},
		{"an address in a URL", Call{URL: "https://[fd00::1]/"},
			Call{Direction: "outbound", Method: "GET", URL: "https://[fd00::1]/", Address: "fd00::1", Port: 443, Protocol: "http", TLS: "tls"}},
		{"gRPC", Call{URL: "grpcs://a.example/pkg.Svc/Call"},
			Call{Direction: "outbound", Method: "POST", URL: "grpcs://a.example/pkg.Svc/Call", Port: 443, Protocol: "http2", TLS: "tls", SNI: "a.example",
				Headers: map[string][]string{"content-type": {"application/grpc"}}}},
		{"a WebSocket", Call{URL: "ws://a/", Headers: map[string][]string{"Upgrade": {"other"}}},
			Call{Direction: "outbound", Method: "GET", URL: "ws://a/", Port: 80, Protocol: "http", TLS: "plaintext",
				Headers: map[string][]string{"connection": {"Upgrade"}, "Upgrade": {"other"}}}},
		{"TLS without HTTP", Call{URL: "tls://a.example"},
			Call{Direction: "outbound", URL: "tls://a.example", Port: 443, Protocol: "tcp", TLS: "tls", SNI: "a.example"}},
		{"an address alone", Call{Address: "10.0.0.1", Port: 5432},
			Call{Direction: "outbound", Address: "10.0.0.1", Port: 5432, Protocol: "tcp", TLS: "plaintext"}},
		{"the largest port", Call{Address: "10.0.0.1", Port: 65535},
			Call{Direction: "outbound", Address: "10.0.0.1", Port: 65535, Protocol: "tcp", TLS: "plaintext"}},
		{"a peer with an identity", Call{Address: "10.0.0.1", Port: 80, Direction: "inbound", Principal: "spiffe://a"},
			Call{Direction: "inbound", Address: "10.0.0.1", Port: 80, Protocol: "tcp", TLS: "mtls", Principal: "spiffe://a"}},
		{"a gateway", Call{URL: "http://a/", Proxy: Proxy{Type: "gateway"}},
			Call{Direction: "gateway", Method: "GET", URL: "http://a/", Port: 80, Protocol: "http", TLS: "plaintext", Proxy: Proxy{Type: "gateway"}}},
		{"what is said stands", Call{URL: "https://a/", TLS: "plaintext", Method: "PUT", Port: 1, Address: "10.0.0.1", Protocol: "http2"},
			Call{Direction: "outbound", Method: "PUT", URL: "https://a/", Address: "10.0.0.1", Port: 1, Protocol: "http2", TLS: "plaintext"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.call.Normal()
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestNormalRefuses(t *testing.T) {
	for _, c := range []struct {
		call Call
		says string
	}{
		{Call{}, "names no port"},
		{Call{URL: "ftp://a/"}, "scheme"},
		{Call{URL: "tcp://a"}, "names no port"},
		{Call{Address: "10.0.0.1", Port: 65536}, "use a number from 1 to 65535"},
		{Call{Address: "10.0.0.1", Port: 1, Direction: "up"}, "direction"},
		{Call{Address: "10.0.0.1", Port: 1, Protocol: "udp"}, "protocol"},
		{Call{Address: "10.0.0.1", Port: 1, TLS: "yes"}, "tls"},
		{Call{Address: "10.0.0.1", Port: 1, Protocol: "http"}, "URL"},
		{Call{Address: "10.0.0.1", Port: 1, Random: number(-1)}, "random"},
		{Call{Address: "10.0.0.1", Port: 1, Random: number(100)}, "random"},
	} {
		if _, err := c.call.Normal(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v gives %v, want an error about %q", c.call, err, c.says)
		}
	}
}

// The numbers 0 to 99 are random, and an address of a socket needs no port.
func TestNormalAccepts(t *testing.T) {
	for _, c := range []Call{
		{Address: "10.0.0.1", Port: 1, Random: number(0)},
		{Address: "10.0.0.1", Port: 1, Random: number(99)},
		{Address: "unix:///run/a.sock"},
	} {
		if _, err := c.Normal(); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestTarget(t *testing.T) {
	for url, want := range map[string]requestURL{
		"http://u:p@a:8080/p?q": {scheme: schemes["http"], Authority: "a:8080", host: "a", port: 8080, Path: "/p?q"},
		"a/p":                   {scheme: schemes["http"], Authority: "a", host: "a", Path: "/p"},
		"https://a?q":           {scheme: schemes["https"], Authority: "a", host: "a", Path: "/?q"},
		"http://[fd00::1]:1":    {scheme: schemes["http"], Authority: "[fd00::1]:1", host: "fd00::1", port: 1, Path: "/"},
	} {
		c := Call{URL: url}
		if d := cmp.Diff(want, c.ParseURL(), cmp.AllowUnexported(requestURL{}, scheme{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", url, d)
		}
	}
}

func number(n int) *int { return &n }
