package simulate

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
		"clutser":         `"clutser" is none of proxy, direction, authority, listener`,
		"rewrite.path.x":  `"x" is none of from, to`,
		"endpoints.first": "count from 0",
		"verdict.x":       "nothing below it",
	} {
		if _, err := trace.Field(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Field(%q): error %v, want one with %q", path, err, want)
		}
	}
}

// A random number takes the branches in their order, each for its share of the numbers.
func TestRandomPicks(t *testing.T) {
	ways := []way{{share: 0.2}, {share: 0.7}, {share: 0.1}}
	for n, want := range map[int]int{0: 0, 19: 0, 20: 1, 89: 1, 90: 2, 99: 2} {
		r := &run{call: &Call{Random: &n}}
		if got := r.pick(ways); got != want {
			t.Errorf("%d takes the way %d, want %d", n, got, want)
		}
	}
	if got := (&run{call: &Call{}}).pick(ways); got != 1 {
		t.Errorf("without a number the way is %d, want the heaviest", got)
	}
}
