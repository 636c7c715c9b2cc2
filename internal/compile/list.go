package compile

import (
	"slices"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/compile/extension"
	"sem.example/internal/envoy"
)

// List implements [envoy.Lists]. What it builds is not kept.
func (c *Compiler) List(t envoy.Type) envoy.List {
	switch t {
	case envoy.Listeners:
		all := c.bare().ListenersOn(0)
		c.tables.Get(func() []string { return routeNames(all) })
		return envoy.ListOf(all)
	case envoy.Routes:
		return envoy.ListOf(c.bare().Routes())
	case envoy.Clusters:
		return named(c.clusterNames(), func(name string) *clusterv3.Cluster {
			return ofCluster(c, name, func(from *Compiler) *clusterv3.Cluster { return from.mutable(name).Build() })
		})
	case envoy.Endpoints:
		return named(c.clusterNames(), func(name string) *endpointv3.ClusterLoadAssignment {
			return shared(c, func(from *Compiler) *endpointv3.ClusterLoadAssignment { return from.upstream.LoadAssignment(name) })
		})
	case envoy.Extensions:
		return envoy.ListOf(c.extensions())
	default:
		return envoy.List{}
	}
}

// extensions are the configurations that filters of the listeners fetch.
func (c *Compiler) extensions() []*corev3.TypedExtensionConfig {
	all := extension.Configurations(c.view)
	if len(all) == 0 {
		return nil
	}
	fetched := envoy.Fetched(c.ListenersOn(0))
	return slices.DeleteFunc(all, func(x *corev3.TypedExtensionConfig) bool { return !fetched[x.GetName()] })
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

// bare returns a compiler of the same view that keeps no origins, to build something that is not kept.
func (c *Compiler) bare() *Compiler {
	b := New(c.view)
	b.tables, b.origins.Discard = c.tables, true
	b.outbound.UseEgress(c.outbound)
	return b
}
