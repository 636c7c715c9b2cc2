package rbac

import (
	"fmt"
	"regexp"
	"strings"

	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
)

// Record notes what an access control filter decided.
func (d result) Record(rec *decision.Recorder, of envoy.Addr) {
	if d.rules == nil {
		return
	}
	chose := map[bool]string{true: "allowed", false: "denied"}[d.Allowed]
	rec.Step("authorization", chose, d.rules.because(d.Policy), decision.Part(of, policyPart(d.Policy)))
}

// because says in words what decided.
func (b *RBAC) because(policy string) string {
	switch {
	case policy != "":
		return policyWords(policy)
	case b.action == rbacv3.RBAC_ALLOW:
		return "no ALLOW policy matches, and there is at least one"
	}
	return "no DENY policy matches"
}

// istioPolicy is the name that Istio gives a rule of an AuthorizationPolicy.
var istioPolicy = regexp.MustCompile(`^ns\[(.*)\]-policy\[(.*)\]-rule\[(\d+)\]$`)

func policyWords(policy string) string {
	if m := istioPolicy.FindStringSubmatch(policy); m != nil {
		return fmt.Sprintf("rule %s of AuthorizationPolicy %s/%s matches", m[3], m[1], m[2])
	}
	return fmt.Sprintf("policy %q matches", policy)
}

// policyPart is the address of a policy within its filter chain or route.
func policyPart(policy string) string { return "rbac/" + policy }

// DeniedBy is Envoy's response code detail of a denial.
func DeniedBy(policy string) string {
	if policy == "" {
		policy = "none"
	}
	return "rbac_access_denied_matched_policy[" + strings.ReplaceAll(policy, " ", "_") + "]"
}

func DeniedReason(policy string) string {
	if policy == "" {
		return "no AuthorizationPolicy that allows requests here matches this one"
	}
	return policyWords(policy)
}
