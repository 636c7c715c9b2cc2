package cluster

import (
	"math"

	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"

	"sem.example/internal/mesh"
)

// A group is the endpoints of one locality and, where priorities split it, of one priority.
type group struct {
	locality  string
	priority  uint32
	weight    uint32 // 0 where there are no members
	endpoints []*mesh.Endpoint
	members   []*endpointv3.LbEndpoint // made from the endpoints, one each
}

func (g *group) add(e *mesh.Endpoint, m *endpointv3.LbEndpoint) {
	g.endpoints, g.members = append(g.endpoints, e), append(g.members, m)
	g.weight = sum(g.weight, m.GetLoadBalancingWeight().GetValue())
}

func sum(a, b uint32) uint32 { return uint32(min(uint64(a)+uint64(b), math.MaxUint32)) }
