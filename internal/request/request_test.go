package request_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/request"
	"sem.example/simulate"
)

type headers = map[string][]string

func TestCurl(t *testing.T) {
	own := func(more ...string) headers {
		h := headers{"accept": {"*/*"}, "user-agent": {"curl"}}
		for i := 0; i < len(more); i += 2 {
			h[more[i]] = []string{more[i+1]}
		}
		return h
	}
	const form = "application/x-www-form-urlencoded"
	for _, tc := range []struct {
		name, line string
		want       simulate.Call
	}{
		{"bare", "curl shop.example.com", simulate.Call{URL: "http://shop.example.com", Headers: own()}},
		{"method and headers", `curl -sSL -X PUT -H 'X-User: a b' -H "Accept: text/html" 'http://a/x?b=1&c=2'`,
			simulate.Call{Method: "PUT", URL: "http://a/x?b=1&c=2", Headers: own("x-user", "a b", "accept", "text/html")}},
		{"attached values", "curl -XDELETE -Hx:1 -skm5 http://a/", simulate.Call{Method: "DELETE", URL: "http://a/", Headers: own("x", "1")}},
		{"data make a POST", "curl http://a/ -d a=1 --data-raw b=2", simulate.Call{Method: "POST", URL: "http://a/", Headers: own("content-type", form, "content-length", "7")}},
		{"json", `curl --json '{"a": 1}' http://a/`,
			simulate.Call{Method: "POST", URL: "http://a/", Headers: own("content-type", "application/json", "content-length", "8", "accept", "application/json")}},
		{"get with data", "curl -G http://a/x?y=1 -d z=2 --data-urlencode 'q=a b'", simulate.Call{URL: "http://a/x?y=1&z=2&q=a%20b", Headers: own()}},
		{"head", "curl -I http://a/", simulate.Call{Method: "HEAD", URL: "http://a/", Headers: own()}},
		{"headers taken away and empty", "curl -H User-Agent: -H 'X-Empty;' http://a/", simulate.Call{URL: "http://a/", Headers: headers{"accept": {"*/*"}, "x-empty": {""}}}},
		{"several values of one header", "curl -H 'x: 1' -H 'x: 2' http://a/",
			simulate.Call{URL: "http://a/", Headers: headers{"accept": {"*/*"}, "user-agent": {"curl"}, "x": {"1", "2"}}}},
		{"TLS offers HTTP/2", "curl https://a/", simulate.Call{URL: "https://a/", TLS: "tls", ALPN: "h2,http/1.1", Protocol: "http2", Headers: own()}},
		{"TLS with HTTP/1.1 and a certificate", "curl --http1.1 --cert c.pem --key k.pem https://a/",
			simulate.Call{URL: "https://a/", TLS: "mtls", ALPN: "http/1.1", Headers: own()}},
		{"HTTP/2 at once", "curl --http2-prior-knowledge http://a/", simulate.Call{URL: "http://a/", Protocol: "http2", Headers: own()}},
		{"resolve", "curl --resolve a:80:10.0.0.1 --resolve '*:443:[2001:db8::1]' http://A/", simulate.Call{URL: "http://A/", Address: "10.0.0.1", Headers: own(), Resolve: map[string]string{"a:80": "10.0.0.1", "*:443": "2001:db8::1"}}},
		{"connect to", "curl --connect-to a:80:gw.istio-system:8080 http://a/", simulate.Call{URL: "http://a/", Address: "gw.istio-system", Port: 8080, Headers: own()}},
		{"connect to any", "curl --connect-to ::[2001:db8::1]: http://a/", simulate.Call{URL: "http://a/", Address: "2001:db8::1", Headers: own()}},
		{"dot segments", "curl http://a/x/./y/../z?../q#f", simulate.Call{URL: "http://a/x/z?../q", Headers: own()}},
		{"dot segments as they are", "curl --path-as-is http://a/x/../y", simulate.Call{URL: "http://a/x/../y", Headers: own()}},
		{"credentials", "curl http://u:p@a/", simulate.Call{URL: "http://a/", Headers: own("authorization", "Basic dTpw")}},
		{"as a browser copies it", "curl 'http://a/' \\\n  -H $'x: it\\'s \\u0041' \\\r\n  --compressed",
			simulate.Call{URL: "http://a/", Headers: own("x", "it's A", "accept-encoding", "deflate, gzip, br, zstd")}},
		{"a prompt before it", "$ /usr/bin/curl http://a/", simulate.Call{URL: "http://a/", Headers: own()}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := request.Curl(tc.line)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("call (-want +got):\n%s", d)
			}
		})
	}
}

func TestCurlErrors(t *testing.T) {
	for line, want := range map[string]string{
		"wget http://a/":                           "does not begin with 'curl'",
		"curl":                                     "no URL",
		"curl http://a/?b=1&c=2":                   `takes an unquoted "&" for itself`,
		"curl http://a/ | jq .":                    `takes an unquoted "|" for itself`,
		"curl 'http://a/":                          "a quote ' is not closed",
		"curl http://a/ http://b/":                 "two URLs",
		"curl http://a/ --frobnicate":              "--frobnicate is none that sem knows",
		"curl http://a/ -H":                        "-H lacks its value",
		"curl http://a/ -H x":                      "is not a header",
		"curl -x http://p:3128 http:a":             "the call goes to that proxy",
		"curl 'http://a/[1-3]'":                    "stands for several",
		"curl ftp://a/":                            "not one of HTTP",
		"curl --resolve a:80 http://a":             "write HOST:PORT:ADDRESS",
		"curl --resolve a:99999:10.0.0.1 http://a": "use a number from 1 to 65535",
		"curl --connect-to a:80:b:65536 http://a":  "is not a port",
	} {
		if _, err := request.Curl(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", line, err, want)
		}
	}
}

// The lines are those that the documentation of Istio shows, and one of each other kind.
func TestAccessLog(t *testing.T) {
	for _, tc := range []struct {
		name, line string
		want       simulate.Call
	}{
		{
			"out of a sidecar",
			`[2020-11-25T21:26:18.409Z] "GET /status/418?q=a b HTTP/1.1" 418 - via_upstream - "-" 0 135 4 4 "-" "curl/7.73.0-DEV" "84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "10.44.1.27:80" outbound|8000||httpbin.foo.svc.cluster.local 10.44.1.23:37652 10.0.45.184:8000 10.44.1.23:46520 - default`,
			simulate.Call{Direction: "outbound", Method: "GET", URL: "http://httpbin:8000/status/418?q=a b", Protocol: "http", Address: "10.0.45.184", Port: 8000, Source: "10.44.1.23",
				Headers: headers{"user-agent": {"curl/7.73.0-DEV"}}},
		},
		{
			"into a sidecar, collected with a prefix",
			`[pod/httpbin-1/istio-proxy] [2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/2" 418 - via_upstream - "-" 0 135 3 1 "-" "a "quoted"-agent" "id" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.httpbin.foo.svc.cluster.local default`,
			simulate.Call{Direction: "inbound", Method: "GET", URL: "http://httpbin:8000/status/418", Protocol: "http2", Address: "10.44.1.27", Port: 80, Source: "10.44.1.23",
				TLS: "mtls", SNI: "outbound_.8000_._.httpbin.foo.svc.cluster.local", ALPN: "istio-h2,istio,h2", Headers: headers{"user-agent": {`a "quoted"-agent`}}},
		},
		{
			"bytes that are not read",
			`[2020-11-25T21:26:18.409Z] "- - -" 0 - - - "-" 906 77953 9 - "-" "-" "-" "-" "172.217.10.46:443" outbound|443||www.example.com 10.44.1.23:53378 172.217.10.46:443 10.44.1.23:53376 www.example.com -`,
			simulate.Call{Direction: "outbound", Protocol: "tcp", Address: "172.217.10.46", Port: 443, Source: "10.44.1.23", TLS: "tls", SNI: "www.example.com"},
		},
		{
			"JSON, at a gateway",
			`{"method":"POST","path":"/cart","protocol":"HTTP/2","authority":"shop.example.com","response_code":503,"downstream_local_address":"10.1.0.4:8443","downstream_remote_address":"203.0.113.9:5555","requested_server_name":"shop.example.com","x_forwarded_for":"198.51.100.1,203.0.113.9","user_agent":null,"route_name":null,"upstream_cluster":"outbound|80||cart.shop.svc.cluster.local"}`,
			simulate.Call{Direction: "outbound", Method: "POST", URL: "https://shop.example.com/cart", Protocol: "http2", Address: "10.1.0.4", Port: 8443, Source: "203.0.113.9",
				TLS: "tls", SNI: "shop.example.com", ALPN: "h2", Headers: headers{"x-forwarded-for": {"198.51.100.1"}}},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := request.AccessLog(tc.line)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("call (-want +got):\n%s", d)
			}
		})
	}
}

func TestAccessLogErrors(t *testing.T) {
	for line, want := range map[string]string{
		"":                                       "0 fields",
		`127.0.0.1 - - [x] "GET / HTTP/1.0" 200`: "sem reads that and its JSON form",
		`{"method": "GET"}`:                      "downstream_local_address",
		`{"method"`:                              "not JSON",
	} {
		if _, err := request.AccessLog(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", line, err, want)
		}
	}
}

func FuzzCurl(f *testing.F) {
	for _, s := range []string{"curl -X POST -d 'a' http://a/", `curl $'\x4' "a\`, "curl --resolve [::1]:1:2 a", "curl -:", "curl a/.././"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) { request.Curl(line) })
}

func FuzzAccessLog(f *testing.F) {
	for _, s := range []string{`[x] "GET / HTTP/1.1" 1 2 3 4 "5`, `{"downstream_local_address": "a:1"}`, `"`, `[`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) { request.AccessLog(line) })
}
