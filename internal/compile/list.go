package compile

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
)

// List implements [envoy.Lists]. What it builds is not kept.
func (c *Compiler) List(t envoy.Type) envoy.List {
	switch t {
	case envoy.Listeners:
		all := c.bare().ListenersOn(0)
		c.sight.tables.Get(func() []string { return routeNames(all) })
		return envoy.ListOf(all)
	case envoy.Routes:
		return envoy.ListOf(c.bare().Routes())
	case envoy.Clusters:
		return named(c.clusterNames(), func(name string) *clusterv3.Cluster { return c.home(name).draft(name).Build() })
	case envoy.Endpoints:
		return named(c.clusterNames(), c.kin.upstream.LoadAssignment)
	default:
		return envoy.List{}
	}
}

// named is the list of what is built from names.
func named[M any, P interface {
	*M
	proto.Message
}](names []string, build func(name string) P) envoy.List {
	return envoy.List{Len: len(names), At: func(i int) proto.Message {
		if m := build(names[i]); m != nil {
			return m
		}
		return nil
	}}
}

// A sight is what compilers of one view work out from it alike.
type sight struct {
	egress lazy.Value[[]*egress] // see egresses
	tables lazy.Value[[]string]  // the names of all route tables
}

// bare returns a compiler of the same view that keeps no origins, to build something that is not kept.
func (c *Compiler) bare() *Compiler {
	b := New(c.view)
	b.sight, b.origins.Discard = c.sight, true
	b.outbound.egress = &c.sight.egress
	return b
}
