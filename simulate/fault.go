package simulate

import (
	"fmt"
	"strings"

	commonv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/common/fault/v3"
	faultv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
)

// A faultRule is what is injected, into which requests.
type faultRule struct {
	config     *faultv3.HTTPFault
	conditions []condition
}

func newFaultRule(c *faultv3.HTTPFault) *faultRule {
	return &faultRule{c, mapped(c.GetHeaders(), newHeader)}
}

// fault runs the fault filter: what the route says of faults, else the filter itself.
func (x *exchange) fault(f *httpFilter) {
	rule, ok := perRoute[*faultRule](x.route, f.name)
	if !ok {
		rule = f.fault
	}
	if !x.faulty(rule) {
		return
	}
	config := rule.config
	out := &Fault{}
	x.delay(config.GetDelay(), out)
	x.abort(config.GetAbort(), out)
	x.idleFault = *out == (Fault{}) && (config.GetAbort() != nil || config.GetDelay() != nil)
	if *out != (Fault{}) {
		x.policy().Fault = out
		x.step("fault", out.words(), "the route injects it", x.spot("fault"))
	}
}

// faulty says whether a fault is meant for this request.
func (x *exchange) faulty(f *faultRule) bool {
	only := f.config.GetUpstreamCluster()
	if only != "" && !anyOf(x.targets(), func(d weighted) bool { return d.name(x.req) == only }) {
		return false
	}
	return allOf(f.conditions, func(c condition) bool { return c.test(x.req) })
}

func (x *exchange) delay(d *commonv3.FaultDelay, out *Fault) {
	if d.GetFixedDelay() == nil {
		return
	}
	if out.DelayShare = fraction(d.GetPercentage(), 0); out.DelayShare > 0 {
		out.Delay = d.GetFixedDelay().AsDuration().String()
	}
}

func (x *exchange) abort(a *faultv3.FaultAbort, out *Fault) {
	status := int(a.GetHttpStatus())
	if code, ok := a.GetErrorType().(*faultv3.FaultAbort_GrpcStatus); ok {
		status = httpOfGRPC(code.GrpcStatus)
		if x.req.grpc() {
			status = 200
		}
	}
	if status == 0 {
		return
	}
	if out.AbortShare = fraction(a.GetPercentage(), 0); out.AbortShare > 0 {
		out.AbortStatus = status
		x.aborted, x.abortStatus = out.AbortShare, status
	}
}

// httpOfGRPC is the HTTP status that Envoy answers in place of a gRPC status to a client that does not speak gRPC.
func httpOfGRPC(code uint32) int {
	switch code {
	case 0:
		return 200
	case 3:
		return 400
	case 4:
		return 504
	case 5:
		return 404
	case 7:
		return 403
	case 8:
		return 429
	case 12:
		return 501
	case 14:
		return 503
	case 16:
		return 401
	}
	return 500
}

// words describes a fault in a step.
func (f *Fault) words() string {
	var parts []string
	if f.AbortStatus != 0 {
		parts = append(parts, fmt.Sprintf("%g%% aborted with %d", 100*f.AbortShare, f.AbortStatus))
	}
	if f.Delay != "" {
		parts = append(parts, fmt.Sprintf("%g%% delayed by %s", 100*f.DelayShare, f.Delay))
	}
	return strings.Join(parts, ", ")
}

// targets are the clusters of the route, none where it answers by itself.
func (x *exchange) targets() []weighted {
	if x.route == nil || x.route.action == nil {
		return nil
	}
	return x.route.action.targets
}
