package facts

import (
	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// A Place is a field of an object.
type Place = config.Place

// At is a field of an object, or the whole object if the field is "".
func At(o *config.Object, field string) Place { return config.At(o, field) }

// PortPlace is where a port of a service is written.
func PortPlace(s *mesh.Service, p *mesh.Port) Place {
	at := s.PlaceOf(p)
	return At(at.Object, at.Field)
}
