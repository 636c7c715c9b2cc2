package simulate

import (
	"maps"
	"slices"

	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
)

// fraction is a share of requests, 0 to 1; absent is what the share is where it is not set.
func fraction(p *typev3.FractionalPercent, absent float64) float64 {
	if p == nil {
		return absent
	}
	of := map[typev3.FractionalPercent_DenominatorType]float64{
		typev3.FractionalPercent_HUNDRED: 100, typev3.FractionalPercent_TEN_THOUSAND: 10_000, typev3.FractionalPercent_MILLION: 1_000_000,
	}[p.GetDenominator()]
	if of == 0 {
		return 0
	}
	return min(float64(p.GetNumerator())/of, 1)
}

// A split is a place where a runtime fraction sends a share of the requests another way.
type split struct {
	share float64 // that stays
	other *run    // the way of the others
	ends  outcome
}

// takes says whether the request takes a route that it matches. Of a route with a runtime fraction the likelier half is
// followed, and the call is run once more for the other.
func (x *exchange) takes(t *route) bool {
	if t.share == 0 || t.share == 1 {
		return t.share == 1
	}
	takes, known := x.fractions[t]
	if !known {
		takes = x.chance(t.share)
		x.decide(t, takes)
	}
	return takes
}

func (x *exchange) decide(t *route, takes bool) {
	if x.call.Random != nil {
		x.fractions = with(x.fractions, t, takes)
		return
	}
	other := &run{engine: x.engine, fractions: maps.Clone(x.fractions)}
	x.fractions, other.fractions = with(x.fractions, t, takes), with(other.fractions, t, !takes)
	other.start(*x.call)
	x.splits = append(x.splits, split{max(t.share, 1-t.share), other, other.accept()})
}

func with(m map[*route]bool, t *route, takes bool) map[*route]bool {
	if m == nil {
		m = map[*route]bool{}
	}
	m[t] = takes
	return m
}

// merge adds the ways of the other requests to the branches of the hop.
func (x *exchange) merge(o outcome) outcome {
	for _, s := range slices.Backward(x.splits) {
		x.divide(s.share, o.verdict)
		s.other.divide(1-s.share, s.ends.verdict)
		x.hop.Branches = append(x.hop.Branches, s.other.hop.Branches...)
	}
	return o
}

// divide leaves the branches that there are a share of the requests; without branches the hop itself becomes one.
func (r *run) divide(left float64, v Verdict) {
	if len(r.hop.Branches) == 0 {
		r.hop.Branches = []Branch{{Share: 1, Cluster: r.hop.Cluster, Endpoints: r.hop.Endpoints, Verdict: v}}
	}
	for i := range r.hop.Branches {
		r.hop.Branches[i].Share *= left
	}
}
