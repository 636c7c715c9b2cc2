package facts

import (
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

// At is a field of an object, or the whole object if the field is "".
func At(o *config.Object, field string) Place { return Place{Object: o, Field: field} }

// Sub is a field below a place.
func (p Place) Sub(field string) Place { return Place{Object: p.Object, Field: p.Field + "." + field} }

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
