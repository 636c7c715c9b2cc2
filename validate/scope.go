package validate

import (
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

// Registry says what a host means that the input does not hold.
type Registry string

// The registries. The empty value decides host by host: a name of a namespace whose Services the input holds is wrong, every
// other is unknown.
const (
	Open   Registry = "open"   // unknown: no finding
	Closed Registry = "closed" // wrong
)

// A Scope is what the checks look at.
type Scope struct {
	Mesh     *mesh.Mesh
	Objects  []*config.Object // every object of the input, in its order
	Registry Registry
}

// kind returns the objects of a kind, in the order of the input.
func (s *Scope) kind(kind string) []*config.Object {
	var found []*config.Object
	for _, o := range s.Objects {
		if o.Kind == kind {
			found = append(found, o)
		}
	}
	return found
}

// A place is a field of an object.
type place struct {
	object *config.Object
	field  string
}

func (p place) diag() diag.Place {
	if p.object == nil {
		return diag.Place{}
	}
	return diag.Place{Doc: p.object.Doc, Field: p.field}
}

// related notes a further place of a finding.
func related(d *diag.Diagnostic, p place, note string) {
	d.Related = append(d.Related, diag.Related{Place: p.diag(), Note: note})
}
