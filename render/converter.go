package render

import (
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/envoy"
)

// A converter makes the resources of one proxy static.
type converter struct {
	certs     certFolder
	routes    map[string]*routev3.RouteConfiguration
	endpoints map[string]*endpointv3.ClusterLoadAssignment
	fetch     envoy.Fetcher
	leftOut   leftOut
}

func newConverter(s *envoy.Snapshot, certs certFolder) converter {
	c := converter{
		certs:     certs,
		routes:    map[string]*routev3.RouteConfiguration{},
		endpoints: map[string]*endpointv3.ClusterLoadAssignment{},
		fetch:     envoy.FetcherOf(s),
		leftOut:   leftOut{},
	}
	for _, r := range s.Routes {
		c.routes[r.GetName()] = r
	}
	for _, e := range s.Endpoints {
		c.endpoints[e.GetClusterName()] = e
	}
	return c
}
