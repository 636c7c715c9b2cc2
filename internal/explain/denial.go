package explain

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// denialRemedy is what helps where a proxy refuses a request.
func denialRemedy(h *simulate.Hop) string {
	o := &h.Facts.Outcome
	switch r := o.Reason.(type) {
	case decision.InvalidRequest:
		return "correct the request: the proxy refuses it before any route or policy applies"
	case decision.BodyLimited:
		return "send a smaller body, or raise the limit of the filter"
	case decision.UpgradeRefused:
		return upgradeRemedy(h, r)
	case decision.InvalidHeaderName:
		return "correct the name of the header in " + document(h, "route", "the VirtualService") + " (headers.request)"
	}
	if o.Err == decision.ErrToken {
		return tokenRemedy(o)
	}
	if r := denying(h.Policies); r != nil {
		return denyRemedy(r)
	}
	if rule := missingTokenRule(h); rule != nil {
		return fmt.Sprintf("send a token that meets rule %d of %s, or add a rule that allows requests without a token", rule.Rule, policyName(rule))
	}
	return allowRemedy(h.Policies)
}

// upgradeRemedy helps against an upgrade that is refused: Istio opens HTTP ports to WebSocket only.
func upgradeRemedy(h *simulate.Hop, r decision.UpgradeRefused) string {
	return fmt.Sprintf("send the request without the upgrade to %s, or declare the port as TCP in %s, so the proxy forwards the bytes unchanged", r.Protocol, document(h, "listener", "the Service or ServiceEntry"))
}

// denying is the rule that denies what it matches, if it was one that did.
func denying(rules []simulate.PolicyRule) *simulate.PolicyRule {
	for i := range rules {
		if r := &rules[i]; r.Matched && (r.Action == "DENY" || r.Action == decision.Custom) {
			return r
		}
	}
	return nil
}

func denyRemedy(r *simulate.PolicyRule) string {
	if m := missingProvider().FindStringSubmatch(r.Policy); m != nil {
		return fmt.Sprintf("add the extension provider %s to MeshConfig (extensionProviders), or name one that it has in %s", m[1], policyName(r))
	}
	return fmt.Sprintf("exclude the request from rule %d of %s: DENY takes precedence over ALLOW", r.Rule, policyName(r))
}

// policyName names the document of a rule.
func policyName(r *simulate.PolicyRule) string {
	if r.Kind == "" {
		return r.Name
	}
	return fmt.Sprintf("%s %s/%s", r.Kind, r.Namespace, r.Name)
}

// allowRemedy helps where ALLOW rules exist and none matches. Where there is one, it says what the rule lacks.
func allowRemedy(rules []simulate.PolicyRule) string {
	var allow []simulate.PolicyRule
	for _, r := range rules {
		if r.Action == "ALLOW" && r.Kind != "" {
			allow = append(allow, r)
		}
	}
	if len(allow) == 1 {
		return amendment(&allow[0]) + ", or allow the request in another ALLOW policy of the same workload"
	}
	if names := policyNames(allow); len(names) > 0 {
		return "allow the request in " + some(names, 3) + ", or in another ALLOW policy of the same workload"
	}
	return "allow the request in an ALLOW policy of the workload"
}

// amendment changes one rule so that it matches the request, as far as the first clause that failed shows.
func amendment(r *simulate.PolicyRule) string {
	c := r.Failed
	switch {
	case r.Rule == 0:
		return "add a rule that matches the request to " + policyName(r)
	case c == nil || c.Not || strings.Contains(c.Field, " "):
	case c.Got != "":
		return fmt.Sprintf("add %s to %s of rule %d of %s", c.Got, c.Field, r.Rule, policyName(r))
	case c.Attribute == "source.principal":
		return fmt.Sprintf("let the client use mutual TLS: without it no request matches %s of rule %d of %s", c.Field, r.Rule, policyName(r))
	}
	return fmt.Sprintf("allow the request in rule %d of %s", r.Rule, policyName(r))
}

// policyNames are the documents of rules, each once.
func policyNames(rules []simulate.PolicyRule) []string {
	var out []string
	for i := range rules {
		if name := policyName(&rules[i]); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// tokenRemedy is what helps against a token that is missing or refused.
func tokenRemedy(o *decision.Outcome) string {
	switch refused, _ := o.Reason.(decision.TokenRefused); refused.Fault {
	case "Jwt is missing":
		return "send a token where the proxy looks for it: by default, in the header Authorization with the prefix Bearer"
	case "Jwt issuer is not configured":
		return "send a token whose iss is the issuer of a RequestAuthentication for this workload, or add a rule for that issuer"
	case "Audiences in Jwt are not allowed":
		return "send a token whose aud is one of the audiences in the RequestAuthentication, or add the audience there"
	}
	return "send a well-formed token of an issuer that a RequestAuthentication for this workload accepts"
}

// missingTokenRule is the first ALLOW rule where all of them fail for want of a token's claim, else nil.
func missingTokenRule(h *simulate.Hop) *simulate.PolicyRule {
	var first *simulate.PolicyRule
	for i := range h.Policies {
		r := &h.Policies[i]
		switch {
		case r.Action != "ALLOW":
		case r.Failed == nil || r.Failed.Got != "" || !strings.HasPrefix(r.Failed.Attribute, tokenPayload):
			return nil
		case first == nil:
			first = r
		}
	}
	return first
}
