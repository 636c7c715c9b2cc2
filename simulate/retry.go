package simulate

import (
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/durationpb"
)

// newRetries describes the retry policy in force: the route's, else that of its virtual host.
func newRetries(v *routev3.VirtualHost, a *routev3.RouteAction) *Retries {
	p := a.GetRetryPolicy()
	if p == nil {
		p = v.GetRetryPolicy()
	}
	if p == nil || p.GetRetryOn() == "" {
		return nil
	}
	out := &Retries{Attempts: 1, StatusCodes: p.GetRetriableStatusCodes(), PerTryTimeout: duration(p.GetPerTryTimeout())}
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

// duration is a duration in Go's form; none and zero, which switch a timeout off, are "".
func duration(d *durationpb.Duration) string {
	if d.AsDuration() == 0 {
		return ""
	}
	return d.AsDuration().String()
}
