package compile

import (
	"sem.example/internal/compile/cluster"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/route"
	"sem.example/internal/compile/security"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
)

// An inboundTraffic builds what handles the traffic that reaches a workload.
type inboundTraffic struct {
	view     *mesh.View
	access   *security.Access
	origins  *origin.Store
	clusters *cluster.Builder

	ports lazy.Value[[]*inboundPort] // see inboundPorts
}

// An outboundTraffic builds what handles the traffic that a workload sends.
type outboundTraffic struct {
	view    *mesh.View
	access  *security.Access
	origins *origin.Store
	shared  *outboundTraffic // of the sidecars that are sent the same, or itself

	egress *lazy.Value[[]*egress] // see egresses
	ruled  lazy.Map[ruledKey, []route.Route]
	tables lazy.Map[string, *outboundTable]
}

// A gatewayTraffic builds what handles the traffic of a gateway.
type gatewayTraffic struct {
	view    *mesh.View
	access  *security.Access
	origins *origin.Store

	merged lazy.Value[*gatewayServers] // see servers
}
