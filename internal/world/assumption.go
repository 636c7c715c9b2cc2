package world

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
)

// What names what is assumed.
type What string

// The kinds of assumptions.
const (
	Address What = "address" // a Service has a cluster IP
	Pods    What = "pods"    // a workload has Pods that are ready
	Sidecar What = "sidecar" // a workload has a sidecar, or none
	Ambient What = "ambient" // a workload is in the ambient mesh
	Gateway What = "gateway" // istiod deploys the proxies of a Gateway
	Secret  What = "secret"  // a Secret or ConfigMap has certificates
	Client  What = "client"  // who makes the call
)

// An Assumption is something that the input does not say, and that the answer depends on.
type Assumption struct {
	What    What
	Object  *config.Object // of the input, which it is about; nil where the input has none
	Field   string         // of the object, that comes closest to saying it
	Message string         // "shop/cart has a sidecar"
	Because string
}

// sorted orders assumptions: by what they are about, then by what they say.
func sorted(list []Assumption) []Assumption {
	slices.SortStableFunc(list, func(a, b Assumption) int {
		return cmp.Or(cmp.Compare(nameOf(a.Object), nameOf(b.Object)), cmp.Compare(a.What, b.What))
	})
	return list
}

func nameOf(o *config.Object) string {
	if o == nil {
		return ""
	}
	return o.Namespace + "/" + o.Name
}
