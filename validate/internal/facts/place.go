package facts

import (
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// At is a field of an object, or the whole object if the field is "".
func At(o *config.Object, field string) Place { return Place{Object: o, Field: field} }

// Item is an entry of the list at a place.
func (p Place) Item(i int) Place { return Place{Object: p.Object, Field: source.Index(p.Field, i)} }

// Key is the value of a key of the map at a place, whatever characters the key has.
func (p Place) Key(key string) Place {
	return Place{Object: p.Object, Field: source.Join(p.Field, key)}
}

// Sub is a field below a place, or one further down if the field is a path; it is the place itself if the field is "".
func (p Place) Sub(field string) Place {
	if field != "" {
		p.Field += "." + field
	}
	return p
}

// A Place is a field of an object.
type Place struct {
	Object *config.Object
	Field  string
}

// Diag is the place as a finding carries it.
func (p Place) Diag() diag.Place {
	if p.Object == nil {
		return diag.Place{}
	}
	return diag.Place{Doc: p.Object.Doc, Field: p.Field}
}

// PortPlace is where a port of a service is written.
func PortPlace(s *mesh.Service, p *mesh.Port) Place {
	at := s.Written(p)
	return At(at.Object, at.Field)
}
