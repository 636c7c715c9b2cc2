package route

import (
	"slices"
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
	out.OnTimeout = out.PerTryTimeout != "" && slices.ContainsFunc(out.On, repeatsTimeouts)
	return out
}

// repeatsTimeouts reports whether a condition has Envoy repeat an attempt that takes longer than its own timeout. Envoy ends such
// an attempt by a reset of its own, which is not a failed connection, nor a status that the upstream sends.
func repeatsTimeouts(condition string) bool {
	return condition == "5xx" || condition == "gateway-error" || condition == "reset"
}
