package envoy

import "google.golang.org/protobuf/proto"

// A Type is a type of resource.
type Type string

// The types of resources, by the names that their lists go by.
const (
	Listeners Type = "listeners"
	Routes    Type = "routes"
	Clusters  Type = "clusters"
	Endpoints Type = "endpoints"

	// Extensions are the configurations that filters fetch by name (ECDS). WasmPlugins, TrafficExtensions and EnvoyFilters bring them.
	Extensions Type = "extensions"
)

// Types are all types, in the order in which they are printed.
var Types = []Type{Listeners, Routes, Clusters, Endpoints, Extensions}

// Lists gives what one proxy runs, type by type. A [Snapshot] has it all at hand; a compiler makes it for whoever asks,
// so that nobody needs to hold the resources of a large mesh together.
type Lists interface {
	List(t Type) List
}

// A List is the resources of one type in the order of their names.
type List struct {
	Len int // how many names there are
	// At returns the i-th resource, or nil where its name comes to nothing. It is safe for concurrent use, and the
	// message is not to be changed.
	At func(i int) proto.Message
}

// ListOf is the list of resources that are at hand.
func ListOf[M proto.Message](all []M) List {
	return List{Len: len(all), At: func(i int) proto.Message { return all[i] }}
}

// List implements [Lists].
func (s *Snapshot) List(t Type) List {
	switch t {
	case Listeners:
		return ListOf(s.Listeners)
	case Routes:
		return ListOf(s.Routes)
	case Clusters:
		return ListOf(s.Clusters)
	case Extensions:
		return ListOf(s.Extensions)
	default:
		return ListOf(s.Endpoints)
	}
}
