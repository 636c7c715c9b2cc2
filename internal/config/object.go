package config

import (
	"cmp"
	"strings"
	"time"

	"sem.example/internal/source"
)

// An Object is a decoded document. Objects are immutable.
type Object struct {
	Doc  *source.Document
	Kind string // "ServiceEntry"
	Meta
	Spec   any  // *networking.ServiceEntry, *security.PeerAuthentication, …; *Service, *Pod, … for Kubernetes kinds
	Status bool // the document has a status, which of Istio's kinds is only in its tree

	Nulls []string // paths of the entries of maps that are null, which the API server drops
}

// Meta is what an object's metadata says.
type Meta struct {
	Namespace         string // the default namespace where the document names none
	Name              string
	Labels            map[string]string
	Annotations       map[string]string
	CreationTimestamp time.Time // zero where the input has none
	Live              bool      // read from a cluster, which gave it a uid and a resourceVersion
}

// Spec returns an object's content as the type that its kind has.
func Spec[T any](o *Object) T {
	spec, _ := o.Spec.(T)
	return spec
}

// KindName is the kind without its group, which kinds outside Istio's API have.
func (o *Object) KindName() string { return o.Kind[strings.LastIndex(o.Kind, "/")+1:] }

// Compare orders objects as istiod does when age decides: by creation time, then name, then namespace. Objects without
// a creation time are younger than those with one.
func Compare(a, b *Object) int {
	return cmp.Or(compareAge(a.CreationTimestamp, b.CreationTimestamp), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Namespace, b.Namespace))
}

func compareAge(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}
