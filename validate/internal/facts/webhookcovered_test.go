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

// TestWebhookMatchCovers compares single matches as the webhook does: conditions as texts, each the beginning of the other.
func TestWebhookMatchCovers(t *testing.T) {
	match := func(prefix string, change func(*networking.HTTPMatchRequest)) *networking.HTTPMatchRequest {
		m := &networking.HTTPMatchRequest{Uri: &networking.StringMatch{MatchType: &networking.StringMatch_Prefix{Prefix: prefix}}}
		if change != nil {
			change(m)
		}
		return m
	}
	header := func(name string, text *networking.StringMatch) func(*networking.HTTPMatchRequest) {
		return func(m *networking.HTTPMatchRequest) { m.Headers = map[string]*networking.StringMatch{name: text} }
	}
	for _, test := range []struct {
		name        string
		wide, later *networking.HTTPMatchRequest
		want        bool
	}{
		{"longer prefix", match("/a", nil), match("/a/b", nil), true},
		{"shorter prefix", match("/a/b", nil), match("/a", nil), false},
		{"same port", match("/a", func(m *networking.HTTPMatchRequest) { m.Port = 80 }), match("/a/b", func(m *networking.HTTPMatchRequest) { m.Port = 80 }), true},
		{"other port", match("/a", func(m *networking.HTTPMatchRequest) { m.Port = 80 }), match("/a/b", nil), false},
		{"same header", match("/a", header("x", exact("1"))), match("/a/b", header("x", exact("1"))), true},
		{"other value", match("/a", header("x", exact("1"))), match("/a/b", header("x", exact("2"))), false},
		{"value that begins with the later one", match("/a", header("x", exact("12"))), match("/a/b", header("x", exact("1"))), true},
		{"later value that begins with the first", match("/a", header("x", exact("1"))), match("/a/b", header("x", exact("12"))), false},
		{"other header", match("/a", header("x", exact("1"))), match("/a/b", header("y", exact("1"))), false},
		{"one header more", match("/a", nil), match("/a/b", header("x", exact("1"))), false},
		{"prefix and exact", match("/a", header("x", prefix("1"))), match("/a/b", header("x", exact("1"))), false},
		{"method", match("/a", func(m *networking.HTTPMatchRequest) { m.Method = exact("POST") }), match("/a/b", nil), false},
		{"method that is the default", match("/a", func(m *networking.HTTPMatchRequest) { m.Method = exact("GET") }), match("/a/b", nil), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			wide, _ := newWebhookMatch(test.wide, 0, 0)
			later, _ := newWebhookMatch(test.later, 1, 0)
			if got := wide.covers(later); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
