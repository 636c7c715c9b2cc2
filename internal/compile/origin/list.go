package origin

import (
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
)

// A List is the origins of a resource whose address is not known yet: of a route before it is in a virtual host, of a
// filter chain before the conflicts of its listener are resolved.
type List []entry

type entry struct {
	part   string // of the resource: "rewrite", "match/0"; "" for the resource itself
	origin envoy.Origin
}

// Put adds the list to others, now that the address of its resource is known.
func (t List) Put(to envoy.Origins, at envoy.Addr) {
	for _, m := range t {
		if m.part == "" {
			to.Add(at, m.origin)
		} else {
			to.Add(at.Part(m.part), m.origin)
		}
	}
}

// Add appends origins of a part. Several services may come from one field in a row, so a repetition is left out.
func (t *List) Add(part string, origins ...envoy.Origin) {
	for _, o := range origins {
		m := entry{part, o}
		if n := len(*t); n == 0 || (*t)[n-1] != m {
			*t = append(*t, m)
		}
	}
}

// AddOverridden adds the origins of other resources that the owner of the list takes precedence over, as overridden. What
// both were made from is not overridden.
func (t *List) AddOverridden(others List, what string) {
	winner := t.object()
	for _, m := range others {
		if m.part != "" || m.origin.Role != envoy.Defines || t.has(m.origin) {
			continue
		}
		o := m.origin
		o.Role, o.Note = envoy.Overridden, winner.Kind+" "+winner.Namespace+"/"+winner.Name+" takes precedence for "+what
		t.Add("", o)
	}
}

func (t List) has(o envoy.Origin) bool {
	return slices.ContainsFunc(t, func(m entry) bool { return m.part == "" && m.origin.Doc == o.Doc && m.origin.Field == o.Field })
}

// object is the object of the first origin, the deciding one.
func (t List) object() envoy.Object {
	if len(t) == 0 {
		return envoy.Object{}
	}
	return t[0].origin.Object
}

// AddFields appends the fields that set a part, where a document writes them.
func (t *List) AddFields(part string, fields ...config.Place) {
	for _, at := range fields {
		if at.Known() {
			t.Add(part, DefinesTreeAt(at)...)
		}
	}
}
