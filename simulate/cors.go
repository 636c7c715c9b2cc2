package simulate

import (
	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
)

// A corsRule is which origins a route allows.
type corsRule struct {
	policy  *corsv3.CorsPolicy
	origins []textMatch
	all     bool // a matcher that takes "*" takes every origin
}

func newCorsRule(p *corsv3.CorsPolicy) *corsRule {
	origins := p.GetAllowOriginStringMatch()
	tests := mapped(origins, newTextMatch)
	return &corsRule{p, tests, anyOf(tests, func(t textMatch) bool { return t.test("*") })}
}

func (c *corsRule) allows(origin string) bool {
	return c.all || anyOf(c.origins, func(t textMatch) bool { return t.test(origin) })
}

// cors runs the CORS filter: it answers a preflight of an allowed origin itself. Other requests pass; only the answer
// to the browser tells whether the origin was allowed. Routes that do not forward requests have no say in it.
func (x *exchange) cors(f *httpFilter) *outcome {
	rule, ok := perRoute[*corsRule](x.route, f.name)
	origin, cross := x.req.get("origin")
	if !ok || x.route.action == nil || !cross || origin == "" || fraction(rule.policy.GetFilterEnabled().GetDefaultValue(), 1) == 0 {
		return nil
	}
	policy, allowed := rule.policy, rule.allows(origin)
	switch {
	case !x.req.preflight():
		x.step("cors", map[bool]string{true: "allowed", false: "not allowed"}[allowed], "origin "+origin, x.spot("cors"))
		return nil
	case allowed:
		x.step("cors", "preflight answered", "origin "+origin+" is allowed", x.spot("cors"))
		return x.answer(200, "the proxy answers the CORS preflight")
	case policy.GetForwardNotMatchingPreflights() == nil || policy.GetForwardNotMatchingPreflights().GetValue():
		x.step("cors", "preflight forwarded", "origin "+origin+" is not allowed", x.spot("cors"))
		return nil
	}
	x.step("cors", "preflight answered without permission", "origin "+origin+" is not allowed", x.spot("cors"))
	return x.answer(200, "the proxy answers the CORS preflight without permission")
}
