package output

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/simulate"
)

// policyLines tell of each rule of access control that was asked whether it matches and, where it does not, the first
// clause that fails; of tokens and of mutual TLS likewise.
func policyLines(rules []simulate.PolicyRule) []string {
	var lines []string
	for _, r := range rules {
		mark := "✗ "
		if r.Matched {
			mark = "✓ "
		}
		lines = append(lines, mark+policyLine(&r))
	}
	return lines
}

// clauseWants are the values that a clause wants, those counted that are not listed.
func clauseWants(c *simulate.FailedClause) []string {
	if c.More == 0 {
		return c.Want
	}
	return append(slices.Clip(c.Want), fmt.Sprintf("one of %d others", c.More))
}

func policyLine(r *simulate.PolicyRule) string {
	name := r.Name
	if r.Kind != "" {
		name = r.Namespace + "/" + r.Name
	}
	if r.Rule > 0 {
		name += fmt.Sprintf(" rule %d", r.Rule)
	}
	switch r.Kind {
	case "PeerAuthentication":
		return peerLine(r, name)
	case "RequestAuthentication":
		name = r.Kind + " " + name
	default:
		name = r.Action + " " + name
	}
	switch c := r.Failed; {
	case r.Matched && r.Kind == "RequestAuthentication":
		return name + " accepts the token"
	case r.Matched:
		return name + " matches"
	case c == nil && r.Rule == 0 && r.Kind != "":
		return name + ": it has no rules, so it matches nothing"
	case c == nil:
		return name + ": never matches"
	case strings.Contains(c.Field, "not"):
		return name + ": " + c.Field + " excludes " + strings.Join(clauseWants(c), ", ") + clauseGot(c)
	default:
		return name + ": " + c.Field + " must be " + strings.Join(clauseWants(c), " or ") + clauseGot(c)
	}
}

// peerLine is what a PeerAuthentication makes of a connection.
func peerLine(r *simulate.PolicyRule, name string) string {
	line := r.Kind + " " + name + ": "
	if c := r.Failed; c != nil {
		return line + c.Field + " is " + r.Action + "; the client sends " + c.Got
	}
	return line + r.Action
}

// policyStep is the step below which the policies of a hop stand: the last that is about them, or the last of all.
func policyStep(steps []simulate.Step) int {
	for _, stage := range []string{"authorization", "authentication", "filterChain"} {
		for i := len(steps) - 1; i >= 0; i-- {
			if steps[i].Stage == stage {
				return i
			}
		}
	}
	return len(steps) - 1
}

// refuses reports whether a hop ends as one of its policies wants it.
func refuses(h *simulate.Hop) bool {
	switch h.Error {
	case "denied", "unauthenticated":
		return true
	}
	return slices.ContainsFunc(h.Policies, func(r simulate.PolicyRule) bool { return r.Kind == "PeerAuthentication" && !r.Matched })
}

// clauseGot is what the call has where a clause fails.
func clauseGot(c *simulate.FailedClause) string {
	switch {
	case c.Field == "jwtRules.issuer" && c.Got == "":
		return "; the request has no token"
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
