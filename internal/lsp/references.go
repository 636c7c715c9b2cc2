package lsp

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

// A spot is a use at its place.
type spot struct {
	use
	object *config.Object
}

func (p spot) place() source.Place { return source.Place{Doc: p.object.Doc, Field: p.field} }

// spots are all uses in a world.
func (s *snapshot) spots(w *pipeline.World) []spot {
	var all []spot
	uses := s.symbols.of(w.Objects, w.Mesh.Settings.Domain)
	for _, o := range w.Objects {
		for _, u := range uses[o] {
			all = append(all, spot{u, o})
		}
	}
	return all
}

// symbolAt returns the symbol that is named at a position, and a world that has it.
func (s *snapshot) symbolAt(name string, at position) (symbol, *pipeline.World, bool) {
	c, ok := s.cursorAt(name, at)
	if !ok {
		return symbol{}, nil, false
	}
	o, w := s.object(c.doc)
	if o == nil {
		return symbol{}, nil, false
	}
	for _, u := range usesIn(o, w.Mesh.Settings.Domain) {
		if u.field == c.field {
			return u.symbol, w, true
		}
	}
	return symbol{}, nil, false
}

// definitions are where the symbol at a position is defined: in the world of the file, and of a host that only wildcards match, these.
func definitions(s *snapshot, name string, at position) []location {
	wanted, w, ok := s.symbolAt(name, at)
	if !ok {
		return nil
	}
	found := s.locations(w, func(p spot) bool { return p.definition && p.symbol == wanted })
	if len(found) > 0 || wanted.kind != hostSymbol {
		return found
	}
	for _, service := range w.Mesh.Covering(wanted.name) {
		if l, ok := s.location(source.Place{Doc: service.Object.Doc, Field: service.Field}); ok {
			found = append(found, l)
		}
	}
	return ordered(found)
}

// references are where the symbol at a position is named, in the worlds that have the file.
func references(s *snapshot, name string, at position, definitionsToo bool) []location {
	wanted, w, ok := s.symbolAt(name, at)
	if !ok {
		return nil
	}
	return s.locations(w, func(p spot) bool { return p.symbol == wanted && (definitionsToo || !p.definition) })
}

// locations are those of the wanted uses of a world.
func (s *snapshot) locations(w *pipeline.World, wanted func(spot) bool) []location {
	var found []location
	for _, p := range s.spots(w) {
		if wanted(p) {
			if l, ok := s.location(p.place()); ok {
				found = append(found, l)
			}
		}
	}
	return ordered(found)
}

// ordered sorts locations and drops those that are there twice.
func ordered(found []location) []location {
	slices.SortFunc(found, func(a, b location) int {
		return cmp.Or(cmp.Compare(a.URI, b.URI), cmp.Compare(a.Range.Start.Line, b.Range.Start.Line), cmp.Compare(a.Range.Start.Character, b.Range.Start.Character))
	})
	return slices.Compact(found)
}

// servicesOf are the services of a host, or those of wildcards that match it.
func servicesOf(w *pipeline.World, host string) []*mesh.Service {
	if found := w.Mesh.ServicesOf(host); len(found) > 0 {
		return found
	}
	return w.Mesh.Covering(host)
}
