package compile

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// A Compiler builds the resources of one proxy, each at most once. It implements [envoy.Resources].
type Compiler struct {
	view    *mesh.View
	origins envoy.Origins
}

var _ envoy.Resources = (*Compiler)(nil)

// New returns a compiler for one proxy's view.
func New(view *mesh.View) *Compiler {
	return &Compiler{view: view, origins: envoy.Origins{}}
}

// ListenersOn implements [envoy.Resources].
func (c *Compiler) ListenersOn(port uint32) []*listenerv3.Listener { return nil }

// Route implements [envoy.Resources].
func (c *Compiler) Route(name string) *routev3.RouteConfiguration { return nil }

// Cluster implements [envoy.Resources].
func (c *Compiler) Cluster(name string) *clusterv3.Cluster { return nil }

// Endpoints implements [envoy.Resources].
func (c *Compiler) Endpoints(cluster string) *endpointv3.ClusterLoadAssignment { return nil }

// OriginsOf implements [envoy.Resources].
func (c *Compiler) OriginsOf(at envoy.Addr) []envoy.Origin { return c.origins[at] }

// Snapshot builds everything that the proxy runs.
func (c *Compiler) Snapshot() *envoy.Snapshot { return &envoy.Snapshot{Origins: c.origins} }
