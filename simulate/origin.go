package simulate

import "sem.example/internal/envoy"

// origins returns the places that a resource, or a part of one, was made from. The slice is shared: do not change it.
func (e *Engine) origins(at envoy.Addr) []Place {
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
	if all := e.origins(at); len(all) > 0 {
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
