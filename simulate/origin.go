package simulate

import (
	"slices"

	"sem.example/internal/envoy"
)

// A spot is a resource or a named part of one, in a form that costs nothing to make.
type spot struct {
	of   envoy.Addr
	part string // "" for the resource itself
}

func (s spot) addr() envoy.Addr {
	if s.part == "" {
		return s.of
	}
	return s.of.Part(s.part)
}

// at is a resource, and part a part of one.
func at(of envoy.Addr) spot                { return spot{of: of} }
func part(of envoy.Addr, name string) spot { return spot{of, name} }

// origins returns the places that resources, or parts of them, were made from, those of the first spot first.
func (e *Engine) origins(spots ...spot) []Place {
	var out []Place
	for _, s := range spots {
		if found := e.placesOf(s); out == nil {
			out = slices.Clip(found)
		} else {
			out = append(out, found...)
		}
	}
	return out
}

// placesOf returns the places of one spot. The slice is shared: do not change it.
func (e *Engine) placesOf(s spot) []Place {
	if places, ok := e.places.find(s); ok {
		return places
	}
	var out []Place
	for _, o := range e.resources.OriginsOf(s.addr()) {
		out = append(out, placeOf(o))
	}
	return e.places.keep(s, out)
}

// originOf returns the deciding place behind a spot, or nil.
func (e *Engine) originOf(s spot) *Place {
	if all := e.placesOf(s); len(all) > 0 {
		return &all[0]
	}
	return nil
}

func placeOf(o envoy.Origin) Place {
	p := Place{Kind: o.Object.Kind, Namespace: o.Object.Namespace, Name: o.Object.Name, Field: o.Field, Role: string(o.Role), Note: o.Note}
	if o.Doc != nil {
		at := o.Doc.At(o.Field)
		p.Line, p.Column = int(at.Line), int(at.Column)
		if file := o.Doc.FileAt(o.Field); file != nil {
			p.File = file.Name
		}
	}
	return p
}
