package simulate

import (
	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
)

// cors runs the CORS filter: it answers a preflight of an allowed origin itself. Other requests pass; only the answer
// to the browser tells whether the origin was allowed.
func (x *exchange) cors(f *httpFilter) *outcome {
	policy, ok := perRoute[*corsv3.CorsPolicy](x.route, f.name)
	origin, cross := x.req.get("origin")
	if !ok || !cross || origin == "" || fraction(policy.GetFilterEnabled().GetDefaultValue(), 1) == 0 {
		return nil
	}
	allowed := originAllowed(policy, origin)
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

func originAllowed(p *corsv3.CorsPolicy, origin string) bool {
	for _, m := range p.GetAllowOriginStringMatch() {
		if newTextMatch(m).test(origin) || m.GetExact() == "*" {
			return true
		}
	}
	return false
}
