package output

import (
	"fmt"
	"strings"

	"sem.example/simulate"
)

// policyLines tell of each rule of access control that was asked whether it matches and, where it does not, the first
// clause that fails.
func policyLines(rules []simulate.PolicyRule) []string {
	var lines []string
	for _, r := range rules {
		name := r.Name
		if r.Kind != "" {
			name = fmt.Sprintf("%s/%s rule %d", r.Namespace, r.Name, r.Rule)
		}
		line := "✗ " + r.Action + " " + name
		switch c := r.Failed; {
		case r.Matched:
			line = "✓ " + r.Action + " " + name + " matches"
		case c == nil:
			line += ": never matches"
		default:
			line += ": " + c.Field + " must be " + strings.Join(c.Want, " or ") + clauseGot(c)
			if strings.Contains(c.Field, "not") {
				line = "✗ " + r.Action + " " + name + ": " + c.Field + " excludes " + strings.Join(c.Want, ", ") + clauseGot(c)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// clauseGot is what the call has where a clause fails.
func clauseGot(c *simulate.FailedClause) string {
	switch {
	case c.Got != "":
		return "; the request has " + c.Got
	case strings.HasPrefix(c.Field, "from.source.principals"), strings.HasPrefix(c.Field, "from.source.namespaces"), strings.HasPrefix(c.Field, "from.source.serviceAccounts"):
		return "; the client has no identity: it does not use mutual TLS"
	}
	if strings.HasPrefix(c.Field, "from.source.requestPrincipals") || strings.HasPrefix(c.Field, "when[request.auth.") {
		return "; the request has no valid token with this claim"
	}
	return "; the request has none"
}

// lastOf reports whether no later step is of the same stage.
func lastOf(steps []simulate.Step, i int) bool {
	for _, s := range steps[i+1:] {
		if s.Stage == steps[i].Stage {
			return false
		}
	}
	return true
}
