package hcm

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	extauthzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	rbachttp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/rbac"
	"sem.example/simulate/internal/route"
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
// RBAC filter has reported and this is none of them. What the authorizer says is not known. A body that is too large for it is
// refused.
func askAuthorizer(x *Stream, f *httpFilter, m *extauthzv3.ExtAuthz) *decision.Outcome {
	own, _ := route.PerRoute[*extauthzv3.ExtAuthzPerRoute](x.Route, f.name)
	if own.GetDisabled() {
		return nil
	}
	asked, rule := m.GetFilterEnabledMetadata(), ""
	if asked != nil {
		if len(asked.GetPath()) == 1 {
			rule = x.reported[reportKey{asked.GetFilter(), asked.GetPath()[0].GetKey()}]
		}
		if rule == "" || !match.NewText(asked.GetValue().GetStringMatch()).Test(rule) {
			return nil
		}
	}
	settings := own.GetCheckSettings()
	if body := cmp.Or(settings.GetWithRequestBody(), m.GetWithRequestBody()); body != nil && !body.GetAllowPartialMessage() && !settings.GetDisableRequestBodyBuffering() {
		if o := limitBody(x, f, uint64(body.GetMaxRequestBytes())); o != nil {
			return o
		}
	}
	cluster := cmp.Or(serviceOf(settings), serviceOf(m))
	if cluster == "" {
		x.UnknownFilter(f.name, f.kind)
		return nil
	}
	refused := decision.AuthorizerBranch{Verdict: decision.Denied, Status: http.StatusForbidden}
	asks := decision.Authorizer{Cluster: cluster, Filter: f.name, Rule: rule, Denied: refused, Unavailable: refused}
	if status := int(m.GetStatusOnError().GetCode()); status != 0 {
		asks.Unavailable.Status = status
	}
	if m.GetFailureModeAllow() {
		asks.Unavailable = decision.AuthorizerBranch{}
	}
	x.Hop.Authorizers = append(x.Hop.Authorizers, asks)
	x.Step("authorizer", cluster, decision.AsksAuthorizer{Authorizer: asks}, x.filterAt(f), decision.Part(x.chain, rbac.PolicyPart(rule)))
	what := fmt.Sprintf("the external authorizer at %s decides", cluster)
	if rule != "" {
		what += ", for rule " + rule
	}
	x.NotModelled(what)
	return nil
}

// serviceOf is the cluster of the service that is asked; "" where there is none.
func serviceOf(m interface {
	GetGrpcService() *corev3.GrpcService
	GetHttpService() *extauthzv3.HttpService
}) string {
	return cmp.Or(m.GetGrpcService().GetEnvoyGrpc().GetClusterName(), m.GetHttpService().GetServerUri().GetCluster())
}
