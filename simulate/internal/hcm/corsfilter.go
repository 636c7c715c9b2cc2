package hcm

import (
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/route"
)

// cors runs the CORS filter: it answers a preflight of an allowed origin itself. Other requests pass; only the answer
// to the browser reports whether the origin was allowed. Routes that do not forward requests have no say in it.
func cors(x *Stream, f *httpFilter) *decision.Outcome {
	rule, ok := route.PerRoute[*route.CorsRule](x.Route, f.name)
	origin, cross := x.Req.Get("origin")
	if !ok || x.Route.Action == nil || !cross || origin == "" || match.Fraction(rule.Policy.GetFilterEnabled().GetDefaultValue(), 1) == 0 {
		return nil
	}
	policy, allowed := rule.Policy, rule.Allows(origin)
	switch {
	case !x.Req.Preflight():
		x.Step("cors", map[bool]string{true: "allowed", false: "not allowed"}[allowed], decision.Origin{Origin: origin, Allowed: allowed, Request: decision.ActualRequest}, x.spot("cors"))
		return nil
	case allowed:
		x.Step("cors", "preflight response", decision.Origin{Origin: origin, Allowed: true, Request: decision.AnsweredPreflight}, x.spot("cors"))
		return x.answer(200, decision.LocalResponse{Cause: decision.Preflight})
	case policy.GetForwardNotMatchingPreflights() == nil || policy.GetForwardNotMatchingPreflights().GetValue():
		x.Step("cors", "preflight forwarded", decision.Origin{Origin: origin, Request: decision.ForwardedPreflight}, x.spot("cors"))
		return nil
	}
	x.Step("cors", "preflight response, not allowed", decision.Origin{Origin: origin, Request: decision.RefusedPreflight}, x.spot("cors"))
	return x.answer(200, decision.LocalResponse{Cause: decision.PreflightNotAllowed})
}
