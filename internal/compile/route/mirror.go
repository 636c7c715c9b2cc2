package route

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/release"
)

// mirrors sends the mirrors of a rule a copy of its requests, with the same host or, as older releases do, with "-shadow"
// appended to it.
func (s Scope) mirrors(view *mesh.View, list []routing.Mirror) []*routev3.RouteAction_RequestMirrorPolicy {
	var out []*routev3.RouteAction_RequestMirrorPolicy
	for _, m := range list {
		out = append(out, &routev3.RouteAction_RequestMirrorPolicy{
			Cluster:                       s.cluster(m.To),
			RuntimeFraction:               &corev3.RuntimeFractionalPercent{DefaultValue: fractional(m.Share)},
			TraceSampled:                  xds.False(),
			DisableShadowHostSuffixAppend: view.Mesh.Settings.Release.Has(release.NoShadowSuffix),
		})
	}
	return out
}

// fractional is a share in Envoy's terms, which counts in hundredths or millionths.
func fractional(share routing.Fraction) *typev3.FractionalPercent {
	out := &typev3.FractionalPercent{Numerator: share.Numerator, Denominator: typev3.FractionalPercent_HUNDRED}
	if share.Denominator == 1e6 {
		out.Denominator = typev3.FractionalPercent_MILLION
	}
	return out
}
