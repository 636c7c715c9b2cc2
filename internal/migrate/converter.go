package migrate

import (
	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/source"
)

// A Plan is what the resources of a mesh become.
type Plan struct {
	Resources []Resource
	Assumed   []Resource // what is taken to be in the cluster, in the mesh of today as in that of tomorrow
	Replaced  map[*source.Document]bool
	Remarks   []Remark

	subsets map[subset]string // the Services that stand for them
}

// A Resource is an object of the Gateway API or of Kubernetes.
type Resource struct {
	Root                  *source.Node
	Kind, Namespace, Name string
	From                  []*config.Object // what it is made of
	Added                 bool             // it adds a host, and changes no request of today
}

// A converter holds what is known while resources are written.
type converter struct {
	*remarks
	mesh     *mesh.Mesh
	plan     *Plan
	gateways map[string]*gateway // by namespace/name of Istio's Gateways
	inOrder  []*gateway
	names    map[resourceName]bool // that resources have
	subsets  map[subset]string     // the names of the Services that are written for subsets
	grants   []grant
}

type resourceName struct{ kind, namespace, name string }

// freeName is a name that no resource of a kind has: the one that is asked for, or one with a number.
func (c *converter) freeName(kind, namespace, name string) string {
	return unique(name, func(try string) bool {
		at := resourceName{kind, namespace, try}
		if c.names[at] || c.mesh.Object(groupKind(kind), namespace, try) != nil {
			return false
		}
		c.names[at] = true
		return true
	})
}

// add writes a resource.
func (c *converter) add(version, kind, namespace, name string, spec *source.Node, from ...*config.Object) {
	c.plan.Resources = append(c.plan.Resources, resource(version, kind, namespace, name, spec, from...))
}

func resource(version, kind, namespace, name string, spec *source.Node, from ...*config.Object) Resource {
	root := object("apiVersion", version, "kind", kind, "metadata", object("name", name, "namespace", namespace), "spec", spec)
	return Resource{Root: root, Kind: kind, Namespace: namespace, Name: name, From: from}
}

func named(o *config.Object) string { return o.KindName() + " " + o.Namespace + "/" + o.Name }

// A gateway is a Gateway of Istio's API, and the one of the Gateway API that it becomes, which a Service of proxies serves.
type gateway struct {
	object    *config.Object
	namespace string
	name      string
	service   string
	listeners []*listener
}

// A listener is a host of a server.
type listener struct {
	name      string
	port      uint32
	protocol  string
	host      string // "*" for every one
	namespace string // whose routes may attach; "*" for all
	tls       *source.Node
	through   bool // TLS passes through
	redirects bool // to HTTPS
}

// A scope is where rules apply: at a gateway, or for a host of the mesh; on one port or on all.
type scope struct {
	gateway *gateway      // nil for the mesh
	service *mesh.Service // of the mesh
	name    string        // of the gateway, as rules name it
	port    uint32        // 0 for every port
	clients string        // the namespace of those that the rules are for; "" for all
	divided bool          // from the scope of the other clients
}

// A choice is a rule with those of its matches that count in a scope; none match everything.
type choice struct {
	rule    *routing.HTTPRule
	matches []routing.HTTPMatch
}

// A draft is a route before its name: the rules of scopes that have the same.
type draft struct {
	kind      string
	namespace string
	hostnames []string
	parents   []*source.Node
	choices   []choice
	in        scope // one of them
}

// A subset is a part of a host.
type subset struct{ host, name string }

// A grant lets the routes of a namespace use the Services of another.
type grant struct{ from, fromNamespace, namespace string }
