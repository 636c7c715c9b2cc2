package compile

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	networking "istio.io/api/networking/v1alpha3"
)

// mirrors are the destinations that get a copy of a route's requests.
func (s routeScope) mirrors(in *networking.HTTPRoute) []*routev3.RouteAction_RequestMirrorPolicy {
	var out []*routev3.RouteAction_RequestMirrorPolicy
	if in.Mirror != nil {
		if share := mirrorShare(in); share != nil {
			out = append(out, s.mirror(in.Mirror, share))
		}
	}
	for _, m := range in.Mirrors {
		if share := shareOf(m.Percentage); share != nil && m.Destination != nil {
			out = append(out, s.mirror(m.Destination, share))
		}
	}
	return out
}

func (s routeScope) mirror(to *networking.Destination, share *typev3.FractionalPercent) *routev3.RouteAction_RequestMirrorPolicy {
	return &routev3.RouteAction_RequestMirrorPolicy{
		Cluster:                       s.cluster(to),
		RuntimeFraction:               &corev3.RuntimeFractionalPercent{DefaultValue: share},
		TraceSampled:                  no(),
		DisableShadowHostSuffixAppend: true,
	}
}

// mirrorShare is the share of requests that the old single mirror gets; nil where it gets none.
func mirrorShare(in *networking.HTTPRoute) *typev3.FractionalPercent {
	whole := in.MirrorPercent // old documents have it
	switch {
	case in.MirrorPercentage != nil || whole == nil:
		return shareOf(in.MirrorPercentage)
	case whole.Value == 0:
		return nil
	}
	return hundredths(whole.Value)
}

// shareOf is a percentage, all where there is none and nil where it is zero.
func shareOf(p *networking.Percent) *typev3.FractionalPercent {
	switch {
	case p == nil:
		return hundredths(100)
	case p.Value > 0:
		return millionths(p)
	}
	return nil
}
