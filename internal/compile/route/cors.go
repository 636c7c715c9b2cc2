package route

import (
	"strconv"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh/routing"
)

const corsFilter = "envoy.filters.http.cors"

// corsPolicy returns which origins a browser may call the route from.
func corsPolicy(in *networking.CorsPolicy) *corsv3.CorsPolicy {
	out := &corsv3.CorsPolicy{
		FilterEnabled:                &corev3.RuntimeFractionalPercent{DefaultValue: hundredths(100)},
		AllowMethods:                 strings.Join(in.AllowMethods, ","),
		AllowHeaders:                 strings.Join(in.AllowHeaders, ","),
		ExposeHeaders:                strings.Join(in.ExposeHeaders, ","),
		AllowCredentials:             in.AllowCredentials,
		ForwardNotMatchingPreflights: wrapperspb.Bool(in.UnmatchedPreflights != networking.CorsPolicy_IGNORE),
	}
	if in.MaxAge != nil {
		out.MaxAge = strconv.FormatInt(in.MaxAge.Seconds, 10)
	}
	for _, origin := range in.AllowOrigins {
		if m := stringMatcher(routing.StringMatchOf(origin)); m != nil {
			out.AllowOriginStringMatch = append(out.AllowOriginStringMatch, m)
		}
	}
	if in.AllowOrigins == nil {
		for _, origin := range in.AllowOrigin { // old documents have it
			out.AllowOriginStringMatch = append(out.AllowOriginStringMatch, xds.Exact(origin, false))
		}
	}
	return out
}
