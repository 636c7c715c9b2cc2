// Package visibility reads exportTo: which namespaces may see a resource.
package visibility

import "slices"

// The words of an exportTo list.
const (
	Everywhere = "*"
	OwnOnly    = "."
	Nowhere    = "~"
)

// An Audience is who may see a resource: all namespaces, or those that are named. The zero Audience is nobody.
type Audience struct {
	Public     bool
	Namespaces []string // sorted
}

// Of reads the exportTo list of a resource in a namespace; where it is empty, the default of the mesh applies.
func Of(exportTo, fallback []string, namespace string) Audience {
	if len(exportTo) == 0 {
		exportTo = fallback
	}
	switch {
	case slices.Contains(exportTo, Everywhere):
		return Audience{Public: true}
	case slices.Contains(exportTo, Nowhere):
		return Audience{}
	}
	out := make([]string, 0, len(exportTo))
	for _, e := range exportTo {
		if e == OwnOnly {
			e = namespace
		}
		out = append(out, e)
	}
	slices.Sort(out)
	return Audience{Namespaces: slices.Compact(out)}
}

// Includes reports whether a namespace is among the audience.
func (a Audience) Includes(namespace string) bool {
	return a.Public || slices.Contains(a.Namespaces, namespace)
}

// An Index keeps values by who may see them, each list in the order of insertion.
type Index[V any] struct {
	named  map[string][]V // by the namespace that they are exported to, their own included
	public []V
}

// NewIndex returns an empty index.
func NewIndex[V any]() *Index[V] { return &Index[V]{named: map[string][]V{}} }

// Add files a value under its audience.
func (x *Index[V]) Add(v V, a Audience) {
	if a.Public {
		x.public = append(x.public, v)
	}
	for _, ns := range a.Namespaces {
		x.named[ns] = append(x.named[ns], v)
	}
}

// To returns what a namespace may see: what is exported to it by name, then the public.
func (x *Index[V]) To(namespace string) []V {
	return slices.Concat(x.named[namespace], x.public)
}

// Same reports whether two exportTo lists hold the same words.
func Same(a, b []string) bool { return Subset(a, b) && Subset(b, a) }

// Subset reports whether b holds every word of a.
func Subset(a, b []string) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}
