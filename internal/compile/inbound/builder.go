package inbound

import (
	"sem.example/internal/compile/cluster"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/security"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
)

// An Builder builds what handles the traffic that reaches a workload.
type Builder struct {
	view     *mesh.View
	access   *security.Access
	origins  *origin.Store
	clusters *cluster.Builder

	ports   lazy.Value[[]*inboundPort]            // see inboundPorts
	targets lazy.Value[map[string]*inboundTarget] // see targetsByName
}

// NewBuilder returns a builder for one sidecar, which records origins in a store.
func NewBuilder(view *mesh.View, access *security.Access, origins *origin.Store, clusters *cluster.Builder) *Builder {
	return &Builder{view: view, access: access, origins: origins, clusters: clusters}
}
