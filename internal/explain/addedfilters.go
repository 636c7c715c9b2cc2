package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// changeText names what a filter does to headers, one after the other.
func changeText(c *simulate.HeaderChange) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		out = append(out, fmt.Sprintf("set %s: %s", name, c.Set[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Add)) {
		out = append(out, fmt.Sprintf("add %s: %s", name, c.Add[name]))
	}
	for _, name := range c.Remove {
		out = append(out, "remove "+name)
	}
	return out
}

// bodyText is what a limit of the body means for a request.
func bodyText(r decision.BodyLimited) string {
	if r.Size == 0 {
		return fmt.Sprintf("a filter reads the whole body first, and refuses more than %d bytes with 413", r.Limit)
	}
	return fmt.Sprintf("the body has %d bytes, and a filter of the proxy accepts %d", r.Size, r.Limit)
}

// rateText is how many requests a limit lets pass.
func rateText(l *decision.RateLimit) string {
	interval := l.Interval
	if short, ok := strings.CutSuffix(interval, "m0s"); ok {
		interval = short + "m"
	}
	return fmt.Sprintf("up to %d per %s", l.Requests, interval)
}

// limitedText says whom a limit is for, and what happens beyond it.
func limitedText(l *decision.RateLimit) string {
	out := fmt.Sprintf("per proxy; others receive %d", l.Status)
	if l.PerConnection {
		out = fmt.Sprintf("per connection; others receive %d", l.Status)
	}
	if l.Share < 1 {
		out = fmt.Sprintf("for %s of requests, %s", percentText(l.Share), out)
	}
	if l.Refill != l.Requests {
		out += fmt.Sprintf("; %d more are allowed in each interval", l.Refill)
	}
	if l.Descriptors > 0 {
		out += fmt.Sprintf("; %d descriptors have a separate limit", l.Descriptors)
	}
	return out
}

// asksText says about which calls an external authorizer is asked, and what its answers lead to.
func asksText(a *simulate.Authorizer) string {
	out := "asked about each call"
	if a.Rule != "" {
		out = "asked: " + policyText(a.Rule)
	}
	return out + "; if it denies, " + branchText(a.Denied) + "; without its answer, " + branchText(a.Unavailable)
}

func branchText(b simulate.AuthorizerBranch) string {
	switch {
	case b.Verdict == "":
		return "the call is allowed"
	case b.Status == 0:
		return "the connection is closed"
	}
	return fmt.Sprintf("%d", b.Status)
}
