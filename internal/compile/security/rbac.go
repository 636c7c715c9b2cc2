package security

import (
	"fmt"
	"strconv"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	rbachttpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	rbactcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/compile/origin"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// dryRun is the annotation of a policy that is only to be reported on.
const dryRun = "istio.io/dry-run"

// A verdict is what the AuthorizationPolicies of one action come to: what is enforced, and what is only reported on.
// Either is nil where no policy asks for it.
type verdict struct {
	action          rbacv3.RBAC_Action
	enforce, shadow *rbacv3.RBAC
}

// An Authorization is all that AuthorizationPolicies say about the traffic of one kind: filters in the order of
// evaluation, those of requests or those of connections.
type Authorization struct {
	External []*hcmv3.HttpFilter // ask external authorizers; they come before authentication
	HTTP     []*hcmv3.HttpFilter
	Network  []*listenerv3.Filter
	Origins  origin.List
	Shared   origin.Shared // the same

	NetworkExternal []*listenerv3.Filter // ask external authorizers about connections; they come first
}

// verdictOf translates the policies of one action.
func verdictOf(view *mesh.View, action security.AuthorizationPolicy_Action, what scope, origins *origin.List) verdict {
	r := ruleset{domains: meshTrustDomains(view), action: rbacAction(action), tcp: what.tcp}
	v := verdict{action: r.action}
	for _, p := range view.AuthorizationPolicies(what.services()...) {
		if config.Spec[*security.AuthorizationPolicy](p).GetAction() != action {
			continue
		}
		into := &v.enforce
		if on, err := strconv.ParseBool(p.Annotations[dryRun]); err == nil && on {
			into = &v.shadow
		}
		if *into == nil {
			*into = &rbacv3.RBAC{Action: r.action, Policies: map[string]*rbacv3.Policy{}}
		}
		r.add(*into, p, origins)
	}
	return v
}

func rbacAction(a security.AuthorizationPolicy_Action) rbacv3.RBAC_Action {
	switch a {
	case security.AuthorizationPolicy_AUDIT:
		return rbacv3.RBAC_LOG
	case security.AuthorizationPolicy_DENY:
		return rbacv3.RBAC_DENY
	}
	return rbacv3.RBAC_ALLOW
}

// add translates the rules of one policy. A policy without rules matches nothing, which denies everything when it is
// the only one that allows.
func (r ruleset) add(into *rbacv3.RBAC, p *config.Object, origins *origin.List) {
	rules := config.Spec[*security.AuthorizationPolicy](p).GetRules()
	if len(rules) == 0 {
		name := r.prefix + policyName(p, 0) + r.suffix
		into.Policies[name] = never()
		origins.Add("rbac/"+name, origin.Defines(p, "spec"))
	}
	for i, rule := range rules {
		name, field := r.prefix+policyName(p, i)+r.suffix, source.Index("spec.rules", i)
		translated := r.translate(rule, p.Namespace, field)
		if translated.policy != nil {
			into.Policies[name] = translated.policy
			origins.Add("rbac/"+name, origin.DefinesTree(p, field)...)
		}
		for _, lost := range translated.lost {
			o := origin.Of(p, lost.field, envoy.Overridden)
			o.Note = lost.why
			origins.Add("rbac/"+name, o)
		}
	}
}

// policyName is the key of a rule in Envoy's policy map.
func policyName(p *config.Object, rule int) string {
	return fmt.Sprintf("ns[%s]-policy[%s]-rule[%d]", p.Namespace, p.Name, rule)
}

// never is a policy that matches no request.
func never() *rbacv3.Policy {
	return &rbacv3.Policy{
		Permissions: []*rbacv3.Permission{permissions.not(permissions.any())},
		Principals:  []*rbacv3.Principal{principals.not(principals.any())},
	}
}

// shadowPrefix is where the proxy reports the outcome of a dry run. istiod also names that of ALLOW where there is none.
func (v verdict) shadowPrefix() string {
	switch {
	case v.shadow == nil, v.action == rbacv3.RBAC_ALLOW:
		return "istio_dry_run_allow_"
	case v.action == rbacv3.RBAC_DENY:
		return "istio_dry_run_deny_"
	}
	return ""
}

// httpFilter decides about requests.
func (v verdict) httpFilter() *hcmv3.HttpFilter {
	return httpRBAC(&rbachttpv3.RBAC{Rules: v.enforce, ShadowRules: v.shadow, ShadowRulesStatPrefix: v.shadowPrefix()})
}

// networkFilter decides about connections.
func (v verdict) networkFilter() *listenerv3.Filter {
	return networkRBAC(&rbactcpv3.RBAC{Rules: v.enforce, ShadowRules: v.shadow, ShadowRulesStatPrefix: v.shadowPrefix()})
}
