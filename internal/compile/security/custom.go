package security

import (
	"maps"
	"slices"
	"strconv"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	rbachttpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	rbactcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/xds"
	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

const (
	// externalPrefix begins the names of rules that ask an external authorizer.
	externalPrefix = "istio-ext-authz"
	// badSuffix ends the names of rules that deny because their authorizer cannot be asked.
	badSuffix = "-deny-due-to-bad-CUSTOM-action"
	// externalMetadata begins the metadata by which the RBAC filter tells the ext_authz filter that a rule matches.
	externalMetadata = "istio_ext_authz_"
)

// customOf translates the policies that leave the decision to an external authorizer. For each provider an RBAC filter
// finds out whether a rule matches, and an ext_authz filter asks the authorizer if one does. Where a provider is not
// defined or not usable, and where policies name more than one, istiod denies whatever the rules match.
func customOf(view *mesh.View, what scope) Authorization {
	var out Authorization
	policies := customPolicies(view, what)
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		provider, r := providerOf(view, name), ruleset{domains: meshTrustDomains(view), action: rbacv3.RBAC_DENY, tcp: what.tcp, prefix: rulePrefix(name)}
		if len(policies) > 1 || provider == nil {
			r.suffix = badSuffix
			out.deny(r.external(policies[name], &out.Origins).enforce, what.tcp)
			continue
		}
		switch rules := r.external(policies[name], &out.Origins); {
		case !what.tcp:
			out.External = append(out.External, rules.httpMatcher(), provider.httpFilter())
		case provider.grpc != nil: // an HTTP authorizer is not asked about connections
			out.NetworkExternal = append(out.NetworkExternal, rules.networkMatcher(), provider.networkFilter())
		}
	}
	return out
}

// customPolicies returns the CUSTOM policies about some traffic by the provider that they name.
func customPolicies(view *mesh.View, what scope) map[string][]*config.Object {
	out := map[string][]*config.Object{}
	for _, p := range view.AuthorizationPolicies(what.services()...) {
		if spec := config.Spec[*security.AuthorizationPolicy](p); spec.GetAction() == security.AuthorizationPolicy_CUSTOM {
			out[spec.GetProvider().GetName()] = append(out[spec.GetProvider().GetName()], p)
		}
	}
	return out
}

// deny adds a filter that enforces rules.
func (a *Authorization) deny(rules *rbacv3.RBAC, tcp bool) {
	if tcp {
		a.NetworkExternal = append(a.NetworkExternal, networkRBAC(&rbactcpv3.RBAC{Rules: rules}))
		return
	}
	a.External = append(a.External, httpRBAC(&rbachttpv3.RBAC{Rules: rules}))
}

func httpRBAC(filter *rbachttpv3.RBAC) *hcmv3.HttpFilter {
	return xds.HTTPFilter("envoy.filters.http.rbac", filter)
}

func networkRBAC(filter *rbactcpv3.RBAC) *listenerv3.Filter {
	filter.StatPrefix = "tcp."
	return xds.NetworkFilter("envoy.filters.network.rbac", filter)
}

// An externalRuleset is the rules of the CUSTOM policies of one provider.
type externalRuleset struct{ enforce, dryRun *rbacv3.RBAC }

// external translates the CUSTOM policies of one provider.
func (r ruleset) external(policies []*config.Object, origins *origin.List) *externalRuleset {
	empty := func() *rbacv3.RBAC { return &rbacv3.RBAC{Action: r.action, Policies: map[string]*rbacv3.Policy{}} }
	out := &externalRuleset{enforce: empty(), dryRun: empty()}
	for _, p := range policies {
		into := out.enforce
		if on, err := strconv.ParseBool(p.Annotations[dryRun]); err == nil && on {
			into = out.dryRun
		}
		r.add(into, p, origins)
	}
	return out
}

// rulePrefix begins the names of the rules of a provider.
func rulePrefix(provider string) string {
	if provider == "" {
		return externalPrefix + "-"
	}
	return externalPrefix + "-" + provider + "-"
}

// enforced are the rules of dry runs, which istiod has the RBAC filter enforce; nil where there are no such rules.
func (r *externalRuleset) enforced() *rbacv3.RBAC {
	if len(r.dryRun.Policies) == 0 {
		return nil
	}
	return r.dryRun
}

// httpMatcher notes which rule a request matches.
func (r *externalRuleset) httpMatcher() *hcmv3.HttpFilter {
	return httpRBAC(&rbachttpv3.RBAC{Rules: r.enforced(), ShadowRules: r.enforce, ShadowRulesStatPrefix: externalMetadata})
}

// networkMatcher notes which rule a connection matches.
func (r *externalRuleset) networkMatcher() *listenerv3.Filter {
	return networkRBAC(&rbactcpv3.RBAC{Rules: r.enforced(), ShadowRules: r.enforce, ShadowRulesStatPrefix: externalMetadata})
}
