package trafficpolicy

import (
	"testing"

	networking "istio.io/api/networking/v1alpha3"
	"sigs.k8s.io/yaml"

	"sem.example/internal/config"
)

func readRule(t *testing.T, text string) *Rule {
	t.Helper()
	spec := &networking.DestinationRule{}
	if err := yaml.Unmarshal([]byte(text), spec); err != nil {
		t.Fatal(err)
	}
	return ReadRule(&config.Object{Meta: config.Meta{Name: "rule"}}, spec, "a.example")
}

// What routes, connections and endpoints take from a rule goes by orders of their own, of which each has its case.
func TestLookups(t *testing.T) {
	hashed := readRule(t, `
trafficPolicy:
  connectionPool: {tcp: {idleTimeout: 1s}}
  loadBalancer: {consistentHash: {useSourceIp: true}}
  tls: {mode: SIMPLE}
  tunnel: {targetHost: all, targetPort: 1}
  portLevelSettings:
  - port: {number: 80}
    loadBalancer: {consistentHash: {httpHeaderName: x-all}}
  - port: {number: 80}
    tls: {mode: DISABLE}
subsets:
- {name: bare}
- name: own
  trafficPolicy:
    connectionPool: {tcp: {idleTimeout: 9s}}
    loadBalancer: {consistentHash: {httpHeaderName: x-own}}
    tls: {mode: MUTUAL}
    tunnel: {targetHost: own, targetPort: 2}
    portLevelSettings:
    - port: {number: 90}
      loadBalancer: {consistentHash: {httpHeaderName: x-port}}
- name: plain
  trafficPolicy: {loadBalancer: {simple: RANDOM}}
`)
	const host, own = "spec.trafficPolicy", "spec.subsets[1].trafficPolicy"
	for _, test := range []struct {
		name      string
		got, want string
	}{
		{"hash of the host", hashed.Hash(0, "").At.Field, host + ".loadBalancer"},
		{"hash for a port", hashed.Hash(80, "").At.Field, host + ".portLevelSettings[0].loadBalancer"},
		{"hash for a port that has none", hashed.Hash(81, "").At.Field, host + ".loadBalancer"},
		{"hash of a subset before the port of the host", hashed.Hash(80, "own").At.Field, own + ".loadBalancer"},
		{"hash for a port of a subset", hashed.Hash(90, "own").At.Field, own + ".portLevelSettings[0].loadBalancer"},
		{"hash below a subset that balances otherwise", hashed.Hash(0, "plain").At.Field, host + ".loadBalancer"},
		{"no rule", (*Rule)(nil).Hash(80, "").At.Field, ""},
		{"pool of the host", hashed.Connection("own").Pool.At.Field, host + ".connectionPool.tcp"},
		{"source of the host", hashed.Connection("").SourceHash.At.Field, host + ".loadBalancer"},
		{"source that a subset replaces", hashed.Connection("plain").SourceHash.At.Field, ""},
		{"tunnel of the host", hashed.Connection("").Tunnel.At.Field, host + ".tunnel"},
		{"tunnel of a subset", hashed.Connection("own").Tunnel.At.Field, own + ".tunnel"},
		{"a subset without a tunnel has none", hashed.Connection("bare").Tunnel.At.Field, ""},
		{"TLS of endpoints, by the entry for the port that has any", hashed.EndpointTLS(80, "", true).At.Field, host + ".portLevelSettings[1].tls"},
		{"TLS of endpoints at another port", hashed.EndpointTLS(81, "", true).At.Field, host + ".tls"},
		{"TLS of endpoints of a subset", hashed.EndpointTLS(80, "own", true).At.Field, own + ".tls"},
		{"TLS of endpoints that a subset inherits", hashed.EndpointTLS(81, "plain", true).At.Field, host + ".tls"},
		{"no TLS of endpoints", (*Rule)(nil).EndpointTLS(80, "", true).At.Field, ""},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestMerge(t *testing.T) {
	older, younger := readRule(t, `subsets: [{name: v1}]`), readRule(t, `
trafficPolicy: {tls: {mode: SIMPLE}}
subsets: [{name: v1}, {name: v2}, {name: v2}]
`)
	younger.Object.Name = "younger"
	both := older.Merge(younger)
	if len(both.Subsets) != 2 || len(both.Ignored) != 2 || both.Object != younger.Object || both.Policy != younger.Policy || len(both.From) != 2 {
		t.Errorf("%+v", both)
	}
	if len(older.Subsets) != 1 || len(older.From) != 1 || older.Ignored != nil {
		t.Errorf("the older rule is changed: %+v", older)
	}
	again := both.Merge(readRule(t, `trafficPolicy: {}`))
	if again.Policy != younger.Policy || len(again.Ignored) != 3 {
		t.Errorf("of two policies: %+v", again)
	}
}
