package decision

import (
	"fmt"
	"slices"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
)

// A Ref is a resource or a named part of one, in a form that costs nothing to make.
type Ref struct {
	of   envoy.Addr
	part string // "" for the resource itself
}

func (s Ref) addr() envoy.Addr {
	if s.part == "" {
		return s.of
	}
	return s.of.Part(s.part)
}

// At is a resource, and part a part of one.
func At(of envoy.Addr) Ref                { return Ref{of: of} }
func Part(of envoy.Addr, name string) Ref { return Ref{of, name} }

// Origins finds the fields of documents behind resources, each once.
type Origins struct {
	Resources envoy.Resources
	known     lazy.Map[Ref, []Place]
}

// Places returns the places that resources, or parts of them, were made from, those of the first spot first.
func (p *Origins) Places(spots ...Ref) []Place {
	var out []Place
	for _, s := range spots {
		if found := p.PlacesOf(s); out == nil {
			out = slices.Clip(found)
		} else {
			out = append(out, found...)
		}
	}
	return out
}

// PlacesOf returns the places of one spot. The slice is shared: do not change it.
func (p *Origins) PlacesOf(s Ref) []Place {
	if known, ok := p.known.Known(s); ok {
		return known
	}
	return p.known.Get(s, func() []Place {
		var out []Place
		for _, o := range p.Resources.OriginsOf(s.addr()) {
			out = append(out, placeOf(o))
		}
		return out
	})
}

// OriginOf returns the deciding place behind a spot, or nil.
func (p *Origins) OriginOf(s Ref) *Place {
	if all := p.PlacesOf(s); len(all) > 0 {
		return &all[0]
	}
	return nil
}

func placeOf(o envoy.Origin) Place {
	p := Place{Kind: o.Object.Kind, Namespace: o.Object.Namespace, Name: o.Object.Name, Field: o.Field, Role: string(o.Role), Note: o.Note}
	at := o.Place().Position()
	p.File, p.Line, p.Column = at.File, at.Line, at.Column
	return p
}

// DestinationAt is the address of the n-th destination of a route or a filter chain.
func DestinationAt(of envoy.Addr, n int) Ref {
	return Part(of, destinationNames[min(n, len(destinationNames)-1)])
}

// destinationNames are made once, for there are few.
var destinationNames = func() (names [64]string) {
	for i := range names {
		names[i] = fmt.Sprintf("target/%d", i)
	}
	return names
}()
