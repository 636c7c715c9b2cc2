package route

import (
	"slices"

	faultcommonv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/common/fault/v3"
	faultv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	networking "istio.io/api/networking/v1alpha3"
)

const faultFilter = "envoy.filters.http.fault"

// fault is the fault that a route injects. What istiod leaves out, such as delays that grow, stays out.
func fault(in *networking.HTTPFaultInjection) *faultv3.HTTPFault {
	return &faultv3.HTTPFault{Delay: faultDelay(in.GetDelay()), Abort: faultAbort(in.GetAbort())}
}

func faultDelay(in *networking.HTTPFaultInjection_Delay) *faultcommonv3.FaultDelay {
	fixed, ok := in.GetHttpDelayType().(*networking.HTTPFaultInjection_Delay_FixedDelay)
	if !ok {
		return nil
	}
	out := &faultcommonv3.FaultDelay{
		FaultDelaySecifier: &faultcommonv3.FaultDelay_FixedDelay{FixedDelay: fixed.FixedDelay},
		Percentage:         hundredths(uint32(in.Percent)),
	}
	if in.Percentage != nil {
		out.Percentage = millionths(in.Percentage)
	}
	return out
}

func faultAbort(in *networking.HTTPFaultInjection_Abort) *faultv3.FaultAbort {
	out := &faultv3.FaultAbort{}
	switch e := in.GetErrorType().(type) {
	case *networking.HTTPFaultInjection_Abort_HttpStatus:
		out.ErrorType = &faultv3.FaultAbort_HttpStatus{HttpStatus: uint32(e.HttpStatus)}
	case *networking.HTTPFaultInjection_Abort_GrpcStatus:
		out.ErrorType = &faultv3.FaultAbort_GrpcStatus{GrpcStatus: grpcStatus(e.GrpcStatus)}
	default:
		return nil
	}
	if in.Percentage != nil {
		out.Percentage = millionths(in.Percentage)
	}
	return out
}

// grpcStatus is the number of a gRPC status; 0 for an unknown name.
func grpcStatus(name string) uint32 {
	return uint32(max(0, slices.Index(grpcStatuses, name)))
}

var grpcStatuses = []string{
	"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
	"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
	"INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}

// millionths is a percentage to four places after the point.
func millionths(p *networking.Percent) *typev3.FractionalPercent {
	return &typev3.FractionalPercent{Numerator: uint32(p.Value * 10000), Denominator: typev3.FractionalPercent_MILLION}
}

func hundredths(percent uint32) *typev3.FractionalPercent {
	return &typev3.FractionalPercent{Numerator: percent, Denominator: typev3.FractionalPercent_HUNDRED}
}
