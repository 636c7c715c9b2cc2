package cluster

import (
	"google.golang.org/protobuf/types/known/structpb"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/trafficpolicy"
)

// The Builder of a proxy that lead away from it, with what many of them have in common.
type Builder struct {
	view    *mesh.View
	passSNI func() bool // a server of the proxy, a gateway, passes on what clients of other networks send

	places lazy.Map[config.Place, []envoy.Origin] // see fieldsOf
	hosts  lazy.Map[hostPort, []envoy.Origin]     // see serviceFields
	tags   lazy.Map[*mesh.Service, *structpb.Value]
	base   lazy.Value[trafficpolicy.Effective] // see meshPolicy
}

// NewBuilder returns a builder for the proxy of a view; passSNI reports whether a server of the
// proxy, a gateway, passes on what clients of other networks send.
func NewBuilder(view *mesh.View, passSNI func() bool) *Builder {
	return &Builder{view: view, passSNI: passSNI}
}

// A hostPort is a port of a service: what all clusters for it, one a subset, come from.
type hostPort struct {
	service *mesh.Service
	port    *mesh.Port
}
