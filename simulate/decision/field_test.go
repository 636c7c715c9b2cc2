package decision

import (
	"strings"
	"testing"
)

func TestField(t *testing.T) {
	trace := &Trace{
		Verdict: Delivered, Status: 0,
		Hops: []Hop{
			{
				Cluster: "outbound|80||x", TLS: &TLS{Mode: "SIMPLE", ALPN: []string{"h2", "http/1.1"}, Verified: true},
				Endpoints: []Endpoint{{Address: "10.0.0.1", Port: 80, Share: 0.25}},
				Policy:    &Policy{ConnectionPool: map[string]string{"maxConnections": "5"}},
			},
			{Cluster: "inbound|80||"},
		},
	}
	for path, want := range map[string]string{
		"verdict":                              "DELIVERED",
		"status":                               "0",
		"cluster":                              "outbound|80||x",
		"hops.1.cluster":                       "inbound|80||",
		"hops.7.cluster":                       "",
		"tls.mode":                             "SIMPLE",
		"tls.verified":                         "true",
		"tls.alpn":                             "h2,http/1.1",
		"tls.alpn.0":                           "h2",
		"rewrite.path.to":                      "",
		"endpoints.0.share":                    "0.25",
		"policy.connectionPool.maxConnections": "5",
		"policy.retries":                       "",
	} {
		if got, err := trace.Field(path); err != nil || got != want {
			t.Errorf("Field(%q) = %q, %v, want %q", path, got, err, want)
		}
	}
	for path, want := range map[string]string{
		"clutser":         `"clutser" is not one of proxy, direction, authority, listener`,
		"rewrite.path.x":  `"x" is not one of from, to`,
		"endpoints.first": "count from 0",
		"verdict.x":       "nothing below it",
	} {
		if _, err := trace.Field(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Field(%q): error %v, want one with %q", path, err, want)
		}
	}
}
