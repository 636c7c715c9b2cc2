package compile

import (
	"google.golang.org/protobuf/types/known/structpb"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/trafficpolicy"
)

// The clusters of a proxy that lead away from it, with what many of them have in common.
type clusters struct {
	view    *mesh.View
	passSNI func() bool // a server of the proxy, a gateway, passes on what clients of other networks send

	places lazy.Map[mesh.Written, []envoy.Origin] // see fieldsOf
	hosts  lazy.Map[hostPort, []envoy.Origin]     // see serviceFields
	tags   lazy.Map[*mesh.Service, *structpb.Value]
	base   lazy.Value[trafficpolicy.Effective] // see meshPolicy
}

func newClusters(view *mesh.View, passSNI func() bool) *clusters {
	return &clusters{view: view, passSNI: passSNI}
}
