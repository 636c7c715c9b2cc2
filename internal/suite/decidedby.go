package suite

import (
	"strconv"
	"strings"

	"sem.example/simulate"
)

// stages are the stages of a trace that decide a field, the nearest first.
var stages = map[string][]string{
	"listener":    {"listener"},
	"filterChain": {"filterChain", "listener"},
	"routeConfig": {"virtualHost", "filterChain"},
	"virtualHost": {"virtualHost"},
	"route":       {"route", "virtualHost"},
	"cluster":     {"cluster", "route"},
	"destination": {"cluster", "route"},
	"branches":    {"route", "cluster"},
	"endpoints":   {"endpoint", "cluster"},
	"tls":         {"tls", "cluster"},
	"rewrite":     {"rewrite", "normalise", "route"},
	"headers":     {"headers", "route"},
	"response":    {"redirect", "directResponse", "fault", "authorization", "route"},
	"policy":      {"route", "cluster"},
	"timeout":     {"timeout", "route"},
	"retries":     {"retries", "route"},
	"fault":       {"fault", "route"},
	"mirrors":     {"mirror", "route"},
}

// decidedBy returns the decision that a field of a trace comes from, and the proxy that took it: for a field of the whole trace
// the last decision of the last proxy. The step is nil where a trace has none.
func decidedBy(t *simulate.Trace, field string) (simulate.Proxy, *simulate.Step) {
	if len(t.Hops) == 0 {
		return t.Call.Proxy, nil
	}
	keys := strings.Split(field, ".")
	h := hopOf(t, &keys)
	for _, key := range deciding(keys) {
		for _, stage := range stages[key] {
			for i := len(h.Steps) - 1; i >= 0; i-- {
				if h.Steps[i].Stage == stage {
					return h.Proxy, &h.Steps[i]
				}
			}
		}
	}
	if len(h.Steps) == 0 {
		return h.Proxy, nil
	}
	return h.Proxy, &h.Steps[len(h.Steps)-1]
}

// hopOf is the hop that a field belongs to; its keys are left without the words for that.
func hopOf(t *simulate.Trace, keys *[]string) *simulate.Hop {
	last := &t.Hops[len(t.Hops)-1]
	if (*keys)[0] == "hops" && len(*keys) > 2 {
		i, err := strconv.Atoi((*keys)[1])
		*keys = (*keys)[2:]
		if err != nil || i >= len(t.Hops) {
			return last
		}
		return &t.Hops[i]
	}
	if stages[(*keys)[0]] != nil || (*keys)[0] == "error" {
		return &t.Hops[0]
	}
	return last
}

// deciding are the keys whose stages are looked for: of a policy its part before the whole.
func deciding(keys []string) []string {
	if keys[0] == "policy" && len(keys) > 1 {
		return []string{keys[1], keys[0]}
	}
	return keys[:1]
}
