package diff

import (
	"maps"
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	rbachttpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	rbactcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
)

// deniesAll reports whether a connection manager has an RBAC filter that allows nothing, and no route that overrides it.
func deniesAll(m *hcmv3.HttpConnectionManager) bool {
	return slices.ContainsFunc(m.GetHttpFilters(), deniesRequests) && !strings.Contains(text(tree(m.GetRouteConfig())), "RBACPerRoute")
}

// deniesRequests reports whether a filter of requests is access control that allows nothing.
func deniesRequests(f *hcmv3.HttpFilter) bool {
	config := &rbachttpv3.RBAC{}
	return !f.GetDisabled() && !f.GetIsOptional() && f.GetTypedConfig().UnmarshalTo(config) == nil && allowsNothing(config.GetRules())
}

// deniesConnections reports whether a filter of connections is access control that allows nothing.
func deniesConnections(f *listenerv3.Filter) bool {
	config := &rbactcpv3.RBAC{}
	return f.GetTypedConfig().UnmarshalTo(config) == nil && allowsNothing(config.GetRules())
}

func allowsNothing(rules *rbacv3.RBAC) bool {
	return rules != nil && rules.GetAction() == rbacv3.RBAC_ALLOW && !slices.ContainsFunc(slices.Collect(maps.Values(rules.GetPolicies())), canMatch)
}

// canMatch reports whether a request may meet a policy, as far as it can be seen at once: what allows nothing is written as a rule
// that negates all.
func canMatch(p *rbacv3.Policy) bool {
	something := func(permission *rbacv3.Permission) bool { return !permission.GetNotRule().GetAny() }
	somebody := func(principal *rbacv3.Principal) bool { return !principal.GetNotId().GetAny() }
	return slices.ContainsFunc(p.GetPermissions(), something) && slices.ContainsFunc(p.GetPrincipals(), somebody)
}
