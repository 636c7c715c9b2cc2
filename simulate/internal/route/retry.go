package route

import (
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/simulate/decision"
)

// newRetries describes the retry policy in force: the route's, else that of its virtual host.
func newRetries(v *routev3.VirtualHost, a *routev3.RouteAction) *decision.Retries {
	p := a.GetRetryPolicy()
	if p == nil {
		p = v.GetRetryPolicy()
	}
	if p == nil || p.GetRetryOn() == "" {
		return nil
	}
	out := &decision.Retries{Attempts: 1, StatusCodes: p.GetRetriableStatusCodes(), PerTryTimeout: decision.FormatDuration(p.GetPerTryTimeout())}
	if n := p.GetNumRetries(); n != nil {
		out.Attempts = n.GetValue()
	}
	for condition := range strings.SplitSeq(p.GetRetryOn(), ",") {
		if condition = strings.TrimSpace(condition); condition != "" {
			out.On = append(out.On, condition)
		}
	}
	return out
}
