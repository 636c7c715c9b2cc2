package explain

import (
	"testing"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

func TestQualify(t *testing.T) {
	branch := func(cluster string, share float64, v simulate.Verdict) simulate.Branch {
		return simulate.Branch{Cluster: cluster, Share: share, Verdict: v}
	}
	fault := func(share float64) *decision.Policy {
		return &decision.Policy{Fault: &decision.Fault{AbortStatus: 503, AbortShare: share}}
	}
	tests := map[string]struct {
		hop         simulate.Hop
		notModelled []string
		want        string
	}{
		"every branch succeeds": {hop: simulate.Hop{Cluster: "a", Branches: []simulate.Branch{
			branch("a", 0.9, simulate.Delivered), branch("b", 0.1, simulate.Delivered),
		}}},
		"every branch fails": {hop: simulate.Hop{Cluster: "a", Branches: []simulate.Branch{
			branch("a", 0.9, simulate.NoEndpoints), branch("b", 0.1, simulate.NoCluster),
		}}},
		"one branch fails": {hop: simulate.Hop{Cluster: "a", Branches: []simulate.Branch{
			branch("a", 0.6, simulate.Delivered), branch("b", 0.1, simulate.NoEndpoints), branch("c", 0.2, simulate.NoCluster),
			branch("d", 0.1, simulate.NoEndpoints),
		}}, want: "for 60% of requests (20%: no endpoints, 20%: no cluster)"},
		"one branch succeeds": {hop: simulate.Hop{Cluster: "a", Branches: []simulate.Branch{
			branch("a", 0.75, simulate.NoEndpoints), branch("b", 0.25, simulate.Delivered),
		}}, want: "for 75% of requests (25%: delivered)"},
		"some requests are aborted": {hop: simulate.Hop{Policy: fault(0.4)}, want: "for 60% of requests (40%: aborted with 503)"},
		"all requests are aborted":  {hop: simulate.Hop{Policy: fault(1)}},
		"not modelled": {
			hop: simulate.Hop{Policy: fault(0.4)}, notModelled: []string{"WasmPlugin shop/code", "Lua"},
			want: "for 60% of requests (40%: aborted with 503), but WasmPlugin shop/code and 1 more may change it",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			trace := &simulate.Trace{Hops: []simulate.Hop{tt.hop}, NotModelled: tt.notModelled}
			qualify(trace)
			if trace.Qualification != tt.want {
				t.Errorf("qualification is %q, want %q", trace.Qualification, tt.want)
			}
		})
	}
}
