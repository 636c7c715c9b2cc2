package rbac

import (
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
	rec.Step("authorization", chose, d.Reason(), decision.Part(of, policyPart(d.Policy)))
}

// Reason is what decided.
func (d result) Reason() decision.Reason {
	return decision.Authorized{Allowed: d.Allowed, AllowList: d.rules != nil && d.rules.action == rbacv3.RBAC_ALLOW, Policy: d.Policy}
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
