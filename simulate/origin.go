package simulate

import (
	"slices"

	"sem.example/internal/envoy"
)

// origins returns the places that resources, or parts of them, were made from, those of the first address first.
func (e *Engine) origins(at ...envoy.Addr) []Place {
	var out []Place
	for _, a := range at {
		if found := e.placesOf(a); out == nil {
			out = slices.Clip(found)
		} else {
			out = append(out, found...)
		}
	}
	return out
}

// placesOf returns the places of one address. The slice is shared: do not change it.
func (e *Engine) placesOf(at envoy.Addr) []Place {
	return e.places.get(at, func() []Place {
		var out []Place
		for _, o := range e.resources.OriginsOf(at) {
			out = append(out, placeOf(o))
		}
		return out
	})
}

// originOf returns the deciding place behind an address, or nil.
func (e *Engine) originOf(at envoy.Addr) *Place {
	if all := e.placesOf(at); len(all) > 0 {
		return &all[0]
	}
	return nil
}

func placeOf(o envoy.Origin) Place {
	p := Place{Kind: o.Object.Kind, Namespace: o.Object.Namespace, Name: o.Object.Name, Field: o.Field, Role: string(o.Role)}
	if o.Doc != nil {
		at := o.Doc.At(o.Field)
		p.Line, p.Column = int(at.Line), int(at.Column)
		if o.Doc.File != nil {
			p.File = o.Doc.File.Name
		}
	}
	return p
}
