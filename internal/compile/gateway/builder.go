package gateway

import (
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/security"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
)

// A Builder builds what handles the traffic of a gateway.
type Builder struct {
	view    *mesh.View
	access  *security.Access
	origins *origin.Store

	merged lazy.Value[*gatewayServers] // see servers
}

// NewBuilder returns a builder for one gateway, which records origins in a store.
func NewBuilder(view *mesh.View, access *security.Access, origins *origin.Store) *Builder {
	return &Builder{view: view, access: access, origins: origins}
}
