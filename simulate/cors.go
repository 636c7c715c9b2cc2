package simulate

import (
	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// A corsRule is which origins a route allows.
type corsRule struct {
	policy  *corsv3.CorsPolicy
	origins []textMatch
	all     bool // the exact origin "*" stands for every one
}

func newCorsRule(p *corsv3.CorsPolicy) *corsRule {
	origins := p.GetAllowOriginStringMatch()
	every := func(m *matcherv3.StringMatcher) bool { return m.GetExact() == "*" }
	return &corsRule{p, mapped(origins, newTextMatch), anyOf(origins, every)}
}

func (c *corsRule) allows(origin string) bool {
	return c.all || anyOf(c.origins, func(t textMatch) bool { return t.test(origin) })
}

// cors runs the CORS filter: it answers a preflight of an allowed origin itself. Other requests pass; only the answer
// to the browser tells whether the origin was allowed.
func (x *exchange) cors(f *httpFilter) *outcome {
	rule, ok := perRoute[*corsRule](x.route, f.name)
	origin, cross := x.req.get("origin")
	if !ok || !cross || origin == "" || fraction(rule.policy.GetFilterEnabled().GetDefaultValue(), 1) == 0 {
		return nil
	}
	policy, allowed := rule.policy, rule.allows(origin)
	_, asks := x.req.get("access-control-request-method")
	switch {
	case x.req.method != "OPTIONS" || !asks:
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
