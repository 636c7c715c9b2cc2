package rbac

import (
	"strings"

	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
)

// Record notes what an access control filter decided.
func (d result) Record(rec *decision.Recorder, of envoy.Addr, s *Input) {
	if d.rules == nil {
		return
	}
	d.list(rec, of, s, d.rules.action.String())
	chose := map[bool]string{true: "allowed", false: "denied"}[d.Allowed]
	rec.Step("authorization", chose, d.Reason(), decision.Part(of, PolicyPart(d.Policy)))
}

// Report notes what rules that decide nothing themselves make of the call, for the filter that acts on what they report.
func (d result) Report(rec *decision.Recorder, of envoy.Addr, s *Input, action string) {
	if d.rules != nil {
		d.list(rec, of, s, action)
	}
}

// list notes what each rule that was asked makes of the call: those up to the one that decides.
func (d result) list(rec *decision.Recorder, of envoy.Addr, s *Input, action string) {
	for i := range d.rules.policies {
		p := &d.rules.policies[i]
		rule := decision.PolicyRule{Name: p.name, Policy: p.name, Action: action, Matched: p.name == d.Policy, Origin: rec.Places.OriginOf(decision.Part(of, PolicyPart(p.name)))}
		if !rule.Matched {
			rule.Failed = p.failed(s)
		}
		rec.Hop.Policies = append(rec.Hop.Policies, rule)
		if rule.Matched {
			return
		}
	}
}

// failed is the first clause that a call does not meet: of who asks, then of what is asked.
func (p *rbacPolicy) failed(s *Input) *decision.FailedClause {
	for _, t := range []subjectTest{p.principal, p.permission} {
		if t.holds(s) {
			continue
		}
		if c := t.fails(s, true); c != nil {
			return c
		}
	}
	return nil
}

// Reason is what decided.
func (d result) Reason() decision.Reason {
	return decision.Authorized{Allowed: d.Allowed, AllowList: d.rules != nil && d.rules.action == rbacv3.RBAC_ALLOW, Policy: d.Policy}
}

// PolicyPart is the address of a policy within its filter chain or route.
func PolicyPart(policy string) string { return "rbac/" + policy }

// DeniedBy is Envoy's response code detail of a denial.
func DeniedBy(policy string) string {
	if policy == "" {
		policy = "none"
	}
	return "rbac_access_denied_matched_policy[" + strings.ReplaceAll(policy, " ", "_") + "]"
}
