package hcm

import (
	"cmp"
	"fmt"
	"slices"

	extauthzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	rbachttp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/rbac"
)

// A reportKey names metadata that a filter leaves for others: the filter's name and the key.
type reportKey struct{ filter, key string }

// effectivePolicy ends the key under which an RBAC filter reports the rule that its shadow rules matched.
const effectivePolicy = "shadow_effective_policy_id"

// report evaluates the shadow rules of an RBAC filter, which decide nothing themselves.
func report(x *Stream, f *httpFilter, m *rbachttp.RBAC) {
	if f.shadow == nil {
		return
	}
	asked, key := &rbac.Input{Conn: x.conn, Req: x.Req, From: x.from}, reportKey{f.name, m.GetShadowRulesStatPrefix() + effectivePolicy}
	d := f.shadow.Allows(asked)
	if x.authorizerWants(key) {
		d.Report(x.Recorder, x.chain, asked, decision.Custom)
	}
	if d.Policy == "" {
		return
	}
	if x.reported == nil {
		x.reported = map[reportKey]string{}
	}
	x.reported[key] = d.Policy
}

// authorizerWants reports whether an external authorizer is asked about requests by what is reported under a key.
func (x *Stream) authorizerWants(key reportKey) bool {
	return slices.ContainsFunc(x.manager.filters, func(f httpFilter) bool {
		m, ok := f.message.(*extauthzv3.ExtAuthz)
		asked := m.GetFilterEnabledMetadata()
		return ok && asked.GetFilter() == key.filter && len(asked.GetPath()) == 1 && asked.GetPath()[0].GetKey() == key.key
	})
}

// askAuthorizer notes that an external authorizer decides about the request, unless the filter is only for requests that an
// RBAC filter has reported and this is none of them. What the authorizer says is not known.
func askAuthorizer(x *Stream, f *httpFilter, m *extauthzv3.ExtAuthz) {
	asked, rule := m.GetFilterEnabledMetadata(), ""
	if asked != nil {
		if len(asked.GetPath()) == 1 {
			rule = x.reported[reportKey{asked.GetFilter(), asked.GetPath()[0].GetKey()}]
		}
		if rule == "" || !match.NewText(asked.GetValue().GetStringMatch()).Test(rule) {
			return
		}
	}
	cluster := cmp.Or(m.GetGrpcService().GetEnvoyGrpc().GetClusterName(), m.GetHttpService().GetServerUri().GetCluster())
	if cluster == "" {
		x.UnknownFilter(f.name, f.kind)
		return
	}
	what := fmt.Sprintf("the external authorizer at %s decides", cluster)
	if rule != "" {
		what += ", for rule " + rule
	}
	x.NotModelled(what)
}
