package hcm

import (
	"net/http"

	localv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/local_ratelimit/v3"
	ratelimitv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ratelimit/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/route"
)

// limitRate runs a filter that lets so many requests pass in a time. How many came before this one is not known: it is one of
// those that pass.
func limitRate(x *Stream, f *httpFilter, m *localv3.LocalRateLimit) {
	if own, ok := route.PerRoute[*localv3.LocalRateLimit](x.Route, f.name); ok {
		m = own
	}
	share := match.Fraction(m.GetFilterEnabled().GetDefaultValue(), 0) * match.Fraction(m.GetFilterEnforced().GetDefaultValue(), 0)
	bucket := m.GetTokenBucket()
	if share == 0 || bucket == nil {
		return
	}
	limit := decision.RateLimit{
		Requests: bucket.GetMaxTokens(), Refill: max(1, bucket.GetTokensPerFill().GetValue()), Interval: bucket.GetFillInterval().AsDuration().String(),
		Status: http.StatusTooManyRequests, Share: share, PerConnection: m.GetLocalRateLimitPerDownstreamConnection(),
		Descriptors: len(m.GetDescriptors()),
	}
	if status := int(m.GetStatus().GetCode()); status >= http.StatusBadRequest {
		limit.Status = status
	}
	x.Policy().RateLimits = append(x.Policy().RateLimits, limit)
	x.Step("rateLimit", "", decision.RateLimited{Limit: limit}, x.filterAt(f))
}

// askRateLimit notes that a rate limit service is asked, where something of the route says about what.
func askRateLimit(x *Stream, f *httpFilter, m *ratelimitv3.RateLimit) {
	if own, ok := route.PerRoute[*ratelimitv3.RateLimitPerRoute](x.Route, f.name); ok && len(own.GetRateLimits()) > 0 {
		x.UnknownFilter(f.name, f.kind)
		return
	}
	asked := len(m.GetRateLimits())
	if x.Route != nil {
		asked += len(x.Route.Proto.GetRoute().GetRateLimits())
	}
	if x.host != nil {
		asked += len(x.host.Proto.GetRateLimits())
	}
	if asked > 0 {
		x.UnknownFilter(f.name, f.kind)
	}
}
