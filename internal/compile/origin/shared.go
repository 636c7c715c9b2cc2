package origin

import (
	"slices"

	"sem.example/internal/envoy"
)

// A Shared is origins that many resources have in common, by part: all filter chains of a workload those of its access control. They
// are held once, however many resources have them.
type Shared map[string][]envoy.Origin

// Share returns the origins of a list by part.
func (t List) Share() Shared {
	out := Shared{}
	for _, m := range t {
		out[m.part] = append(out[m.part], m.origin)
	}
	for part, origins := range out {
		out[part] = slices.Clip(origins)
	}
	return out
}

// put adds the origins to others.
func (s Shared) put(to envoy.Origins, at envoy.Addr) {
	for part, origins := range s {
		if part != "" {
			to.Add(at.Part(part), origins...)
		} else {
			to.Add(at, origins...)
		}
	}
}
