package envoy

import (
	"slices"

	"sem.example/internal/source"
)

// A Role says what a document did to a resource.
type Role string

// The roles of an origin.
const (
	Defines    Role = "defines"    // the resource exists because of this field
	Modifies   Role = "modifies"   // the field changed it
	Overridden Role = "overridden" // the field would have changed it, but lost; Note says to whom
)

// An Origin is a field of a document that a resource, or a part of one, was made from.
type Origin struct {
	Doc    *source.Document // nil where only Object is known (a dump of a live proxy)
	Field  string
	Role   Role
	Note   string // why it lost, for Overridden
	Object Object // the Istio object; set even where Doc is nil
}

// Place is where the field is written; unknown where only the object is known.
func (o Origin) Place() source.Place { return source.Place{Doc: o.Doc, Field: o.Field} }

// An Object names a document's object.
type Object struct {
	Kind, Namespace, Name string
}

// Of is the origin of a field of a document.
func Of(doc *source.Document, field string, role Role) Origin {
	o := Origin{Doc: doc, Field: field, Role: role}
	if doc != nil {
		o.Object = Object{Kind: doc.Kind, Namespace: doc.Namespace, Name: doc.Name}
	}
	return o
}

// Origins maps the address of a resource, or of a part of one, to where it comes from, the deciding origin first.
type Origins map[Addr][]Origin

// Add records origins of an address. A list that is passed as a whole may be shared by many addresses: it is not changed.
func (o Origins) Add(at Addr, origins ...Origin) {
	switch {
	case len(origins) == 0:
	case o[at] == nil:
		o[at] = slices.Clip(origins)
	default:
		o[at] = append(o[at], origins...)
	}
}
