package upstream

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
	"sem.example/simulate/decision"
)

// newEndpoints lists the endpoints that receive requests, with their shares.
func (e *Clusters) newEndpoints(c *cluster) []Endpoint {
	load, repeated := c.proto.GetLoadAssignment(), 0
	if c.proto.GetType() == clusterv3.Cluster_EDS && c.proto.GetClusterType() == nil {
		name := c.proto.GetEdsClusterConfig().GetServiceName()
		if name == "" {
			name = c.Name
		}
		load, repeated = envoy.Retained(e.Resources.Endpoints(name))
	}
	c.unsupported = decision.UnsupportedInCluster(c.proto, load)
	var all []Endpoint
	for _, l := range load.GetEndpoints() {
		for _, h := range l.GetLbEndpoints() {
			all = append(all, e.newEndpoint(c, l, h))
		}
	}
	used := balance(c.proto, load, all)
	c.standby = newStandby(all, used)
	c.standby.Repeated = repeated
	return used
}

func (e *Clusters) newEndpoint(c *cluster, l *endpointv3.LocalityLbEndpoints, h *endpointv3.LbEndpoint) Endpoint {
	address, port := dialTo(h.GetEndpoint().GetAddress())
	out := Endpoint{
		Endpoint: decision.Endpoint{Address: address, Port: port, Weight: max(1, h.GetLoadBalancingWeight().GetValue()), Priority: l.GetPriority(), Locality: localityText(l.GetLocality())},
		At:       HostPort(address, port),
		Hostname: h.GetEndpoint().GetHostname(),
		health:   h.GetHealthStatus(),
		place:    localityKey{l.GetPriority(), localityText(l.GetLocality())},
		Socket:   c.sockets.of(l, h),
	}
	if len(c.sockets.matches) > 0 {
		out.TLS = out.Socket.mode()
	}
	out.Origin = e.Places.OriginOf(decision.At(envoy.Endpoint(c.Name, out.At)))
	return out
}

// Clusters are those of a proxy, compiled when they are first asked for.
type Clusters struct {
	Resources envoy.Resources
	Places    *decision.Origins
	known     lazy.Map[string, *cluster]
}

// cluster returns a cluster by name, or nil where there is none that Envoy runs.
func (e *Clusters) cluster(name string) *cluster {
	if known, ok := e.known.Known(name); ok {
		return known
	}
	return e.known.Get(name, func() *cluster {
		if c := e.Resources.Cluster(name); c != nil && envoy.ClusterRefusal(c) == "" {
			return e.newCluster(c)
		}
		return nil
	})
}

// missing is why there is no cluster of a name.
func (e *Clusters) missing(name string) decision.Reason {
	out := decision.MissingCluster{Name: name, Destination: DestinationOf(name)}
	if c := e.Resources.Cluster(name); c != nil {
		out.Refused = envoy.ClusterRefusal(c)
	}
	return out
}

func (e *Clusters) newCluster(c *clusterv3.Cluster) *cluster {
	out := &cluster{proto: c, Name: c.GetName(), Addr: envoy.Cluster(c.GetName()), sockets: newSockets(c), balancer: balancerOf(c), pool: poolOf(c), outlier: outlierOf(c)}
	options := &httpv3.HttpProtocolOptions{}
	if c.GetTypedExtensionProtocolOptions()[httpOptions].UnmarshalTo(options) == nil {
		out.http = options
	}
	out.Destination = DestinationOf(c.GetName())
	out.Destination.Resolution = resolution(c)
	out.endpoints = e.newEndpoints(out)
	return out
}
