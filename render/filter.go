package render

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protopath"
	"google.golang.org/protobuf/reflect/protorange"

	"sem.example/internal/clustername"
	"sem.example/internal/envoy"
)

// A Filter chooses resources: those for which all that is set holds. The zero Filter chooses all.
type Filter struct {
	Types  []envoy.Type // none is all
	Name   string       // the whole name of the resource
	Port   uint32       // the port of a listener or route table, the service port of a cluster and its endpoints
	FQDN   string       // the service's host name: a cluster's own, one that a listener or route table leads to
	Subset string       // likewise
}

func (f Filter) types() []envoy.Type {
	if len(f.Types) == 0 {
		return envoy.Types
	}
	return slices.DeleteFunc(slices.Clone(envoy.Types), func(t envoy.Type) bool { return !slices.Contains(f.Types, t) })
}

// A chooser gives the resources of a proxy that pass a filter.
type chooser struct {
	Filter
	from   envoy.Lists
	routes func() envoy.List // all route tables, for a filter by what they lead to
}

func newChooser(f Filter, from envoy.Lists) chooser {
	return chooser{f, from, sync.OnceValue(func() envoy.List { return from.List(envoy.Routes) })}
}

// led reports whether it matters what a resource leads to.
func (f Filter) led() bool { return f.FQDN != "" || f.Subset != "" }

// list are the resources of a type, nil in the place of those that do not pass.
func (f chooser) list(t envoy.Type) envoy.List {
	var all envoy.List
	if t == envoy.Routes && f.led() {
		all = f.routes()
	} else {
		all = f.from.List(t)
	}
	return envoy.List{Len: all.Len, At: func(i int) proto.Message {
		if m := all.At(i); m != nil && f.passes(m) {
			return m
		}
		return nil
	}}
}

func (f chooser) passes(m proto.Message) bool {
	if f.Name != "" && f.Name != nameOf(m) {
		return false
	}
	if f.Port != 0 && !hasPort(m, f.Port) {
		return false
	}
	return !f.led() || f.leadsTo(m)
}

// nameOf is the name that the control plane knows a resource by.
func nameOf(m proto.Message) string {
	switch m := m.(type) {
	case *endpointv3.ClusterLoadAssignment:
		return m.GetClusterName()
	case interface{ GetName() string }:
		return m.GetName()
	}
	return ""
}

func hasPort(m proto.Message, port uint32) bool {
	switch m := m.(type) {
	case *listenerv3.Listener:
		if portOf(m.GetAddress()) == port {
			return true
		}
		for _, a := range m.GetAdditionalAddresses() {
			if portOf(a.GetAddress()) == port {
				return true
			}
		}
		return false
	case *routev3.RouteConfiguration:
		return routePort(m.GetName()) == port
	default:
		name, _ := clustername.Parse(nameOf(m))
		return name.Port == port
	}
}

func portOf(a *corev3.Address) uint32 { return a.GetSocketAddress().GetPortValue() }

// routePort reads the port from the name of a route table: "80", "reviews.default.svc.cluster.local:80", "http.8080",
// "https.443.https-www.gateway.default"; 0 where the name has none.
func routePort(name string) uint32 {
	if cluster, ok := clustername.Parse(name); ok {
		return cluster.Port
	}
	name = name[strings.LastIndexByte(name, ':')+1:]
	if scheme, rest, dotted := strings.Cut(name, "."); dotted && (scheme == "http" || scheme == "https") {
		name, _, _ = strings.Cut(rest, ".")
	}
	port, _ := strconv.ParseUint(name, 10, 16)
	return uint32(port)
}

// leadsTo reports whether a resource is a cluster of the wanted service and subset, or names one, or names a route table
// that does.
func (f chooser) leadsTo(m proto.Message) bool {
	if c, ok := m.(*clusterv3.Cluster); ok {
		return f.wants(c.GetName())
	}
	tables := map[string]bool{}
	found := false
	eachString(m, func(field, value string) {
		found = found || f.wants(value)
		if field == "route_config_name" {
			tables[value] = true
		}
	})
	if len(tables) == 0 {
		return found
	}
	routes := f.routes()
	for i := 0; i < routes.Len && !found; i++ {
		table := routes.At(i)
		found = tables[nameOf(table)] && f.leadsTo(table)
	}
	return found
}

func (f Filter) wants(cluster string) bool {
	name, _ := clustername.Parse(cluster)
	return name.Host != "" && (f.FQDN == "" || f.FQDN == name.Host) && (f.Subset == "" || f.Subset == name.Subset)
}

// eachString calls f for every string within a message, with the name of the field that holds it.
func eachString(m proto.Message, f func(field, value string)) {
	// The callback returns no error, and an extension of unknown type is not descended into.
	_ = protorange.Range(m.ProtoReflect(), func(p protopath.Values) error {
		last := p.Index(-1)
		if value, ok := last.Value.Interface().(string); ok {
			f(fieldOf(p.Path), value)
		}
		return nil
	})
}

func fieldOf(path protopath.Path) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i].Kind() == protopath.FieldAccessStep {
			return string(path[i].FieldDescriptor().Name())
		}
	}
	return ""
}
