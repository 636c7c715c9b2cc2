package network

import (
	extauthzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/ext_authz/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"

	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/rbac"
)

// A Report names what a filter leaves for others: the filter's name and the key.
type Report struct{ filter, key string }

// Reports returns the shadow rules of a filter, which decide nothing themselves, and the name of what they report; nil where it has
// none.
func (f *NetworkFilter) Reports() (*rbac.RBAC, Report) {
	m, ok := f.message.(*rbacv3.RBAC)
	if !ok {
		return nil, Report{}
	}
	return f.shadow, Report{f.Name, m.GetShadowRulesStatPrefix() + "shadow_effective_policy_id"}
}

// Authorizer returns the cluster of the external authorizer that the filter asks about every connection, or about those of which
// another filter reports the name of a rule.
func (f *NetworkFilter) Authorizer() (cluster string, about Report, all bool) {
	m, ok := f.message.(*extauthzv3.ExtAuthz)
	if !ok {
		return "", Report{}, false
	}
	cluster = m.GetGrpcService().GetEnvoyGrpc().GetClusterName()
	asked := m.GetFilterEnabledMetadata()
	if asked == nil {
		return cluster, Report{}, true
	}
	if len(asked.GetPath()) == 1 {
		about = Report{asked.GetFilter(), asked.GetPath()[0].GetKey()}
	}
	return cluster, about, false
}

// FailsOpen reports whether a connection is allowed where the authorizer does not answer.
func (f *NetworkFilter) FailsOpen() bool {
	m, ok := f.message.(*extauthzv3.ExtAuthz)
	return ok && m.GetFailureModeAllow()
}

// AsksAbout reports whether an external authorizer is asked where a rule is reported.
func (f *NetworkFilter) AsksAbout(rule string) bool {
	m, ok := f.message.(*extauthzv3.ExtAuthz)
	return ok && rule != "" && match.NewText(m.GetFilterEnabledMetadata().GetValue().GetStringMatch()).Test(rule)
}
