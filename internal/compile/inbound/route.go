package inbound

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/compile/route"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// inboundRoutes is the route table of a port of the workload: every request goes to it, without a time limit. A request
// that the workload has not seen yet when its connection breaks is sent again, except in gRPC, whose streams would break.
func inboundRoutes(view *mesh.View, p *inboundPort) *routev3.RouteConfiguration {
	action := &routev3.RouteAction{
		ClusterSpecifier:  &routev3.RouteAction_Cluster{Cluster: p.cluster},
		Timeout:           xds.Seconds(0),
		MaxStreamDuration: &routev3.RouteAction_MaxStreamDuration{MaxStreamDuration: xds.Seconds(0), GrpcTimeoutHeaderMax: xds.Seconds(0)},
	}
	if p.protocol != mesh.GRPC && p.protocol != mesh.GRPCWeb {
		action.RetryPolicy = route.InboundRetryPolicy(view.Mesh.Settings.Config.GetDefaultInboundHttpRetryPolicy())
	}
	return &routev3.RouteConfiguration{
		Name: p.cluster,
		VirtualHosts: []*routev3.VirtualHost{{
			Name:    p.virtualHost(),
			Domains: []string{"*"},
			Routes: []*routev3.Route{{
				Name:   "default",
				Match:  &routev3.RouteMatch{PathSpecifier: &routev3.RouteMatch_Prefix{Prefix: "/"}},
				Action: &routev3.Route_Route{Route: action},
			}},
		}},
		ValidateClusters: xds.False(),
	}
}
