package compile

import (
	"sem.example/internal/compile/cluster"
	"sem.example/internal/compile/origin"
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

// newInbound returns a builder for one sidecar, which records origins in a store.
func newInbound(view *mesh.View, access *security.Access, origins *origin.Store, clusters *cluster.Builder) *inboundTraffic {
	return &inboundTraffic{view: view, access: access, origins: origins, clusters: clusters}
}
