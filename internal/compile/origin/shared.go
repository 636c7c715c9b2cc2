package origin

import "sem.example/internal/envoy"

// A Shared is origins that many resources have in common: all filter chains of a workload those of its access control. They are
// held once.
type Shared []group

// A group is the origins of a part.
type group struct {
	part    string
	origins []envoy.Origin
}

// Share returns the origins of a list by part.
func (t List) Share() Shared {
	var out Shared
	at := map[string]int{}
	for _, m := range t {
		i, ok := at[m.part]
		if !ok {
			i = len(out)
			at[m.part], out = i, append(out, group{part: m.part})
		}
		out[i].origins = append(out[i].origins, m.origin)
	}
	return out
}

// Put adds the origins to others.
func (s Shared) Put(to envoy.Origins, at envoy.Addr) {
	for _, g := range s {
		if g.part != "" {
			to.Add(at.Part(g.part), g.origins...)
		} else {
			to.Add(at, g.origins...)
		}
	}
}
