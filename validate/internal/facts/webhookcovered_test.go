package facts

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	networking "istio.io/api/networking/v1alpha3"
)

// TestWebhookCovered compares what the index finds with what the webhook does, which compares each match with all before it.
func TestWebhookCovered(t *testing.T) {
	covered := 0
	for seed := range uint64(500) {
		spec := prefixRules(rand.New(rand.NewPCG(seed, 0)))
		got, want := WebhookCovered(spec), map[string]string{}
		var earlier []webhookMatch
		for i, rule := range spec.Http {
			for j, m := range rule.Match {
				p, _ := newWebhookMatch(m, i, j)
				for _, e := range earlier {
					if e.prefix != p.prefix && e.covers(p) {
						want[MatchField(i, j)] = MatchField(e.rule, e.match)
						break
					}
				}
				earlier = append(earlier, p)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d (-all +index):\n%s", seed, diff)
		}
		covered += len(got)
	}
	if covered == 0 {
		t.Error("no match is covered")
	}
}

// prefixRules are rules whose matches often cover one another.
func prefixRules(r *rand.Rand) *networking.VirtualService {
	spec := &networking.VirtualService{}
	for range 1 + r.IntN(12) {
		rule := &networking.HTTPRoute{}
		for range 1 + r.IntN(3) {
			m := &networking.HTTPMatchRequest{
				Uri:  &networking.StringMatch{MatchType: &networking.StringMatch_Prefix{Prefix: "/aabbab"[:1+r.IntN(7)]}},
				Port: uint32(r.IntN(2)),
			}
			for range r.IntN(2) {
				value := &networking.StringMatch{MatchType: &networking.StringMatch_Prefix{Prefix: "xyz"[:1+r.IntN(3)]}}
				m.Headers = map[string]*networking.StringMatch{fmt.Sprint(r.IntN(2)): value}
			}
			rule.Match = append(rule.Match, m)
		}
		spec.Http = append(spec.Http, rule)
	}
	return spec
}
