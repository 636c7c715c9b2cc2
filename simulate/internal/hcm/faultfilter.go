package hcm

import (
	"slices"

	commonv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/common/fault/v3"
	faultv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/route"
)

// injectFault runs the fault filter: what the route says of faults, else the filter itself.
func injectFault(x *Stream, f *httpFilter) {
	rule, ofRoute := route.PerRoute[*route.FaultRule](x.Route, f.name)
	at := x.spot("fault")
	if !ofRoute {
		rule, at = f.fault, x.filterAt(f)
	}
	if !faulty(x, rule) {
		return
	}
	config := rule.Config
	out := &decision.Fault{}
	delay(config.GetDelay(), out)
	abort(x, config.GetAbort(), out)
	x.NeverFires = *out == (decision.Fault{}) && (config.GetAbort() != nil || config.GetDelay() != nil)
	if *out != (decision.Fault{}) {
		x.Policy().Fault = out
		x.Step("fault", "", decision.Injected{Fault: out, ByFilter: !ofRoute}, at)
	}
}

// faulty reports whether a fault is meant for this request.
func faulty(x *Stream, f *route.FaultRule) bool {
	only := f.Config.GetUpstreamCluster()
	if only != "" && !slices.ContainsFunc(clusters(x), func(d route.WeightedCluster) bool { return d.ClusterFor(x.Req) == only }) {
		return false
	}
	return match.AllOf(f.Conditions, func(c match.Condition) bool { return c.Test(x.Req) })
}

func delay(d *commonv3.FaultDelay, out *decision.Fault) {
	if d.GetFixedDelay() == nil {
		return
	}
	if out.DelayShare = match.Fraction(d.GetPercentage(), 0); out.DelayShare > 0 {
		out.Delay = d.GetFixedDelay().AsDuration().String()
	}
}

func abort(x *Stream, a *faultv3.FaultAbort, out *decision.Fault) {
	status := int(a.GetHttpStatus())
	if code, ok := a.GetErrorType().(*faultv3.FaultAbort_GrpcStatus); ok {
		status = httpOfGRPC(code.GrpcStatus)
		if x.Req.Grpc() {
			status = 200
		}
	}
	if status == 0 {
		return
	}
	if out.AbortShare = match.Fraction(a.GetPercentage(), 0); out.AbortShare > 0 {
		out.AbortStatus = status
		x.aborted, x.abortStatus = out.AbortShare, status
	}
}

// clusters are the clusters of the route, none where it answers by itself.
func clusters(x *Stream) []route.WeightedCluster {
	if x.Route == nil || x.Route.Action == nil {
		return nil
	}
	return x.Route.Action.Clusters
}
