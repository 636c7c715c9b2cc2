package hcm

import (
	"strings"

	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/jwt"
	"sem.example/simulate/internal/route"
)

// authenticate runs the filter: a request without the token that is needed, or with one that is not accepted, is
// answered. What a good token claims is kept for the filters and routes that ask.
func authenticate(x *Stream, f *httpFilter) *decision.Outcome {
	need := f.jwt.Requirement(x.Req)
	if p, ok := route.PerRoute[*jwtv3.PerRouteConfig](x.Route, f.name); ok {
		if p.GetDisabled() {
			return nil
		}
		need = f.jwt.Config.GetRequirementMap()[p.GetRequirementName()]
	}
	if need == nil || f.jwt.Config.GetBypassCorsPreflight() && x.Req.Preflight() {
		return nil
	}
	for _, r := range f.jwt.Rules(x.Req) {
		r.Origin = x.Places.OriginOf(decision.Part(x.chain, "jwt/"+r.Name))
		x.Hop.Policies = append(x.Hop.Policies, r)
	}
	check := f.jwt.Check(need, x.Req, &x.edits)
	where := decision.Part(x.chain, "jwt/"+check.Name)
	if check.State != jwt.TokenGood {
		reason := decision.TokenRefused{Fault: check.Reason}
		x.Step("authentication", "refused", reason, where)
		x.Hop.Response = &decision.Response{Status: check.Status, Body: check.Reason}
		return &decision.Outcome{Verdict: decision.Denied, Status: check.Status, Err: decision.ErrToken, Details: "jwt_authn_access_denied{" + strings.ReplaceAll(check.Reason, " ", "_") + "}", Reason: reason}
	}
	accepted(x, f.name, check.Tokens)
	return nil
}

// accepted keeps the claims of tokens, of which the last counts where several have the same place, and looks for the
// route again where a provider asks for it.
func accepted(x *Stream, filter string, tokens []jwt.Verified) {
	again := false
	for _, t := range tokens {
		x.Step("authentication", "accepted", decision.TokenAccepted{Issuer: t.Claims["iss"]}, decision.Part(x.chain, "jwt/"+t.Name))
		x.NotModelled("the token's signature and expiry (not verified)")
		if key := t.Provider.GetPayloadInMetadata(); key != "" {
			x.Req.Keep(filter, key, jwt.NormalClaims(t.Claims, t.Provider.GetNormalizePayloadInMetadata().GetSpaceDelimitedClaims()))
		}
		again = again || t.Provider.GetClearRouteCache()
	}
	if again {
		findRouteAgain(x)
	}
}
