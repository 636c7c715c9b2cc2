package origin

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/envoy"
)

// TestShare shows that what many resources have in common is found at each, behind what is its own, and is held once.
func TestShare(t *testing.T) {
	var own, common List
	own.Add("", envoy.Origin{Field: "a"})
	common.Add("", envoy.Origin{Field: "b"})
	common.Add("rule/0", envoy.Origin{Field: "c"})
	shared := common.Share()
	var s Store
	for i := range 3 {
		s.Put(envoy.FilterChain("l", i), own)
		s.Share(envoy.FilterChain("l", i), shared)
	}
	if len(s.origins) != 3 {
		t.Errorf("%d addresses are held, want 3", len(s.origins))
	}
	all := s.All()
	for at, want := range map[envoy.Addr][]string{
		"listener/l/chain/1":        {"a", "b"},
		"listener/l/chain/2/rule/0": {"c"},
		"listener/l/chain/2/rule/1": nil,
		"listener/l/chain/3/rule/0": nil,
	} {
		for _, origins := range [][]envoy.Origin{s.Of(at), all[at]} {
			var got []string
			for _, o := range origins {
				got = append(got, o.Field)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", at, diff)
			}
		}
	}
}
