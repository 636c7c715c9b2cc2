package cluster

import (
	"strconv"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/config/common/matcher/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	upstreamsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// eject puts outlier detection into a cluster. Hosts are ejected for errors in a row and for their share of failures, never
// for how their success rate compares, and the rest is not flooded: the panic threshold is zero unless the policy sets one.
func (t *Mutable) eject(s *mesh.Service, o *networking.OutlierDetection) {
	if o == nil {
		return
	}
	out := &clusterv3.OutlierDetection{
		EnforcingSuccessRate: wrapperspb.UInt32(0),
		Interval:             o.GetInterval(),
		BaseEjectionTime:     o.GetBaseEjectionTime(),
	}
	out.Consecutive_5Xx, out.EnforcingConsecutive_5Xx = threshold(o.GetConsecutive_5XxErrors())
	out.ConsecutiveGatewayFailure, out.EnforcingConsecutiveGatewayFailure = threshold(o.GetConsecutiveGatewayErrors())
	out.FailurePercentageThreshold, out.EnforcingFailurePercentage = threshold(o.GetFailurePercentageThreshold())
	if n := o.GetMaxEjectionPercent(); n > 0 {
		out.MaxEjectionPercent = wrapperspb.UInt32(uint32(n))
	}
	if o.GetSplitExternalLocalOriginErrors() {
		splitLocalErrors(out, o.GetConsecutiveLocalOriginFailures())
	}
	t.OutlierDetection = out
	t.panicBelow(s, o.GetMinHealthPercent())
	t.countAsErrors(o.GetOutlierDetectionHttpErrorCodes())
}

// threshold is the number of errors in a row (or their share) that ejects a host, and how strictly that is enforced: zero
// switches it off.
func threshold(n *wrapperspb.UInt32Value) (count, enforcing *wrapperspb.UInt32Value) {
	switch {
	case n == nil:
		return nil, nil
	case n.GetValue() == 0:
		return wrapperspb.UInt32(0), wrapperspb.UInt32(0)
	}
	return wrapperspb.UInt32(n.GetValue()), wrapperspb.UInt32(100)
}

// splitLocalErrors counts failures to connect apart from what hosts answer.
func splitLocalErrors(out *clusterv3.OutlierDetection, n *wrapperspb.UInt32Value) {
	out.SplitExternalLocalOriginErrors = true
	out.EnforcingLocalOriginSuccessRate = wrapperspb.UInt32(0)
	if n.GetValue() > 0 {
		out.ConsecutiveLocalOriginFailure, out.EnforcingConsecutiveLocalOriginFailure = threshold(n)
	}
}

// panicBelow sets the share of healthy hosts below which Envoy sends to all of them. A service that prefers its own zone
// receives unhealthy endpoints only to be counted, so it must never panic.
func (t *Mutable) panicBelow(s *mesh.Service, percent int32) {
	if percent < 0 {
		return
	}
	if s != nil && s.Distribution != "" {
		percent = 0
	}
	if t.CommonLbConfig == nil {
		t.CommonLbConfig = &clusterv3.Cluster_CommonLbConfig{}
	}
	t.CommonLbConfig.HealthyPanicThreshold = &typev3.Percent{Value: float64(percent)}
}

// countAsErrors names the status codes that count as errors, in place of all 5xx.
func (t *Mutable) countAsErrors(codes []uint32) {
	if len(codes) == 0 {
		return
	}
	var rules []*matcherv3.MatchPredicate
	for _, code := range codes {
		rules = append(rules, statusIs(code))
	}
	rule := rules[0]
	if len(rules) > 1 {
		any := &matcherv3.MatchPredicate_MatchSet{Rules: rules}
		rule = &matcherv3.MatchPredicate{Rule: &matcherv3.MatchPredicate_OrMatch{OrMatch: any}}
	}
	t.options().OutlierDetection = &upstreamsv3.HttpProtocolOptions_OutlierDetection{ErrorMatcher: rule}
}

func statusIs(code uint32) *matcherv3.MatchPredicate {
	header := &routev3.HeaderMatcher{Name: ":status", HeaderMatchSpecifier: &routev3.HeaderMatcher_StringMatch{
		StringMatch: xds.Exact(strconv.Itoa(int(code)), false),
	}}
	return &matcherv3.MatchPredicate{Rule: &matcherv3.MatchPredicate_HttpResponseHeadersMatch{
		HttpResponseHeadersMatch: &matcherv3.HttpHeadersMatch{Headers: []*routev3.HeaderMatcher{header}},
	}}
}
