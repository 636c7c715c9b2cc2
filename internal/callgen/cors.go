package callgen

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// crossOrigin returns requests of browsers for a route that says which origins it allows: from one that it allows and
// from one that it just does not, each also with the preflight that asks before.
func (s sampler) crossOrigin(base request, r *routev3.Route) []request {
	var out []request
	for _, config := range r.GetTypedPerFilterConfig() {
		policy := &corsv3.CorsPolicy{}
		if !config.MessageIs(policy) || config.UnmarshalTo(policy) != nil {
			continue
		}
		within(policy, func(m *matcherv3.StringMatcher) {
			for _, take := range []bool{true, false} {
				from := base.with(func(r *request) { r.headers["origin"] = s.text(m, take) })
				preflight := from.with(func(r *request) {
					r.method, r.headers["access-control-request-method"] = "OPTIONS", "GET"
				})
				out = append(out, from, preflight, preflight.with(func(r *request) { r.headers["access-control-request-headers"] = "x-user" }))
			}
		})
	}
	return out
}
