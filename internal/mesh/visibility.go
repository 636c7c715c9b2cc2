package mesh

import (
	"slices"

	"sem.example/internal/config"
)

// The words of an exportTo list.
const (
	everywhere = "*"
	ownOnly    = "."
	nowhere    = "~"
)

// An audience is who may see an object: everybody, or the namespaces named, or nobody.
type audience struct {
	public     bool
	namespaces []string // sorted
}

// audienceOf reads an exportTo list of an object in a namespace; where it is empty the mesh's default applies.
func audienceOf(exportTo, fallback []string, namespace string) audience {
	if len(exportTo) == 0 {
		exportTo = fallback
	}
	switch {
	case slices.Contains(exportTo, everywhere):
		return audience{public: true}
	case slices.Contains(exportTo, nowhere):
		return audience{}
	}
	out := make([]string, 0, len(exportTo))
	for _, e := range exportTo {
		if e == ownOnly {
			e = namespace
		}
		out = append(out, e)
	}
	slices.Sort(out)
	return audience{namespaces: slices.Compact(out)}
}

// includes says whether a namespace is among the audience.
func (a audience) includes(namespace string) bool {
	return a.public || slices.Contains(a.namespaces, namespace)
}

// An exported keeps values by who may see them, each list in the order of insertion.
type exported[V any] struct {
	named  map[string][]V // by the namespace that they are exported to, their own included
	public []V
}

func newExported[V any]() *exported[V] { return &exported[V]{named: map[string][]V{}} }

func (x *exported[V]) add(v V, a audience) {
	if a.public {
		x.public = append(x.public, v)
	}
	for _, ns := range a.namespaces {
		x.named[ns] = append(x.named[ns], v)
	}
}

// to returns what a namespace may see: what is exported to it by name, then the public.
func (x *exported[V]) to(namespace string) []V {
	return slices.Concat(x.named[namespace], x.public)
}

// byKind groups objects, each list from the oldest to the youngest.
func byKind(objects []*config.Object) map[string][]*config.Object {
	out := map[string][]*config.Object{}
	for _, o := range objects {
		out[o.Kind] = append(out[o.Kind], o)
	}
	for _, list := range out {
		slices.SortStableFunc(list, config.Compare)
	}
	return out
}
