package explain

import (
	"fmt"
	"strings"

	"sem.example/internal/diff"
	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// RegionText is a set of requests in words: "GET with path starts with /v1/ on api.example.com:80".
func RegionText(r diff.Region) string {
	switch {
	case r.Sampled:
		return fmt.Sprintf("requests such as this one, through listener %s", r.Listener)
	case r.Listener != "":
		return "requests through listener " + r.Listener
	}
	text := "requests to " + hostsText(r.Hosts)
	if r.Port != 0 {
		text += fmt.Sprintf(" on port %d", r.Port)
	}
	var tests []string
	for _, c := range r.Conditions {
		tests = append(tests, testText(c))
	}
	if len(tests) > 0 {
		text += ", where " + strings.Join(tests, " and ")
	}
	return text
}

// maxHosts is how many domains are named.
const maxHosts = 3

func hostsText(domains []string) string {
	switch {
	case len(domains) == 0, len(domains) == 1 && domains[0] == "*":
		return "any other host"
	case len(domains) > maxHosts:
		return fmt.Sprintf("%s and %d other names of the host", domains[0], len(domains)-1)
	}
	return strings.Join(domains, " or ")
}

func testText(c diff.Condition) string {
	if c.Subject == decision.Header && strings.HasPrefix(c.Name, ":") {
		text := strings.TrimPrefix(c.Name, ":") + " " + c.Text.String()
		if c.Met == c.Inverted {
			return "not (" + text + ")"
		}
		return text
	}
	text := conditionText(c.Condition)
	if !c.Met {
		return "not (" + text + ")"
	}
	return text
}

// AnswerText is the answer of a trace in a few words.
func AnswerText(t *simulate.Trace) string {
	h := &t.Hops[0]
	text := string(t.Verdict)
	switch {
	case len(h.Branches) > 1:
		var all []string
		for _, b := range h.Branches {
			all = append(all, fmt.Sprintf("%.4g%% %s", 100*b.Share, b.Cluster))
		}
		text += " " + strings.Join(all, ", ")
	case h.Response != nil:
		text += fmt.Sprintf(" %d %s", h.Response.Status, h.Response.Location)
	case h.Cluster != "":
		text += " " + h.Cluster
	}
	return strings.TrimSpace(text)
}
