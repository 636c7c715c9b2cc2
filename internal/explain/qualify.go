package explain

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// qualify says beside the verdict for which share of the requests it holds, where a traffic split has some succeed and others fail, and
// what was not modelled: the verdict holds without that only.
func qualify(t *simulate.Trace) {
	var parts []string
	if split := differingShares(t); split != "" {
		parts = append(parts, split)
	}
	if asked := authorizers(t); len(asked) > 0 {
		parts = append(parts, "if "+strings.Join(asked, " and ")+map[bool]string{true: " allow it", false: " allows it"}[len(asked) > 1])
	}
	if limits := rateLimits(t); limits != "" {
		parts = append(parts, limits)
	}
	unknown := slices.DeleteFunc(slices.Clone(t.NotModelled), isAuthorizer)
	switch n := len(unknown); n {
	case 0:
	case 1:
		parts = append(parts, fmt.Sprintf("but %s may change it", unknown[0]))
	default:
		parts = append(parts, fmt.Sprintf("but %s and %d more may change it", unknown[0], n-1))
	}
	t.Qualification = strings.Join(parts, ", ")
}

// authorizers are the external authorizers that a call depends on, each once.
func authorizers(t *simulate.Trace) []string {
	var out []string
	for i := range t.Hops {
		for _, a := range t.Hops[i].Authorizers {
			out = decision.AppendNew(out, a.Cluster)
		}
	}
	return out
}

// isAuthorizer reports whether what is not modelled is the answer of an external authorizer.
func isAuthorizer(what string) bool { return strings.HasPrefix(what, "the external authorizer at ") }

// rateLimits words the rate limits that a call counts for; "" where there is none.
func rateLimits(t *simulate.Trace) string {
	var out []string
	for i := range t.Hops {
		if p := t.Hops[i].Policy; p != nil {
			for j := range p.RateLimits {
				out = decision.AppendNew(out, rateText(&p.RateLimits[j]))
			}
		}
	}
	return strings.Join(out, ", ")
}

// differingShares words the first chance that decides whether a request succeeds: "for 90% of requests (10%: no endpoints)".
func differingShares(t *simulate.Trace) string {
	for i := range t.Hops {
		if share, others := otherVerdicts(&t.Hops[i]); others != "" {
			return fmt.Sprintf("for %s of requests (%s)", percentText(share), others)
		}
	}
	return ""
}

// otherVerdicts is the share of the requests that a proxy treats as the trace shows, with the verdicts of the others where a fault
// aborts some or a split has some fail and others succeed.
func otherVerdicts(h *simulate.Hop) (share float64, others string) {
	if f := fault(h); f != nil && f.AbortShare > 0 && f.AbortShare < 1 {
		if h.Facts.Outcome.Verdict == simulate.FaultAborted {
			return f.AbortShare, percentText(1-f.AbortShare) + ": no fault"
		}
		return 1 - f.AbortShare, fmt.Sprintf("%s: aborted with %d", percentText(f.AbortShare), f.AbortStatus)
	}
	return splitVerdicts(h)
}

func fault(h *simulate.Hop) *decision.Fault {
	if h.Policy == nil {
		return nil
	}
	return h.Policy.Fault
}

func splitVerdicts(h *simulate.Hop) (share float64, others string) {
	var order []simulate.Verdict
	shares := map[simulate.Verdict]float64{}
	differs := false
	for _, b := range h.Branches {
		if shares[b.Verdict] == 0 && b.Verdict != verdictTaken(h) {
			order = append(order, b.Verdict)
		}
		shares[b.Verdict] += b.Share
		differs = differs || b.Verdict.Succeeded() != verdictTaken(h).Succeeded()
	}
	if !differs {
		return 0, ""
	}
	words := make([]string, len(order))
	for i, v := range order {
		words[i] = percentText(shares[v]) + ": " + strings.ToLower(strings.ReplaceAll(string(v), "_", " "))
	}
	return shares[verdictTaken(h)], strings.Join(words, ", ")
}

// verdictTaken is the verdict of the branch that the trace follows.
func verdictTaken(h *simulate.Hop) simulate.Verdict {
	for _, b := range h.Branches {
		if b.Cluster == h.Cluster {
			return b.Verdict
		}
	}
	return h.Branches[0].Verdict
}

func percentText(share float64) string { return fmt.Sprintf("%.4g%%", 100*share) }
