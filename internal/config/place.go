package config

import "sem.example/internal/source"

// A Place is a field of an object. The zero place is that of a default, which nobody wrote.
type Place struct {
	Object *Object
	Field  string // path; "" is the whole object
}

// At is a field of an object, or the whole object if the field is "".
func At(o *Object, field string) Place { return Place{Object: o, Field: field} }

// Item is an entry of the list at a place.
func (p Place) Item(i int) Place { return Place{p.Object, source.Index(p.Field, i)} }

// Key is the value of a key of the map at a place, whatever characters the key has.
func (p Place) Key(key string) Place { return Place{p.Object, source.Join(p.Field, key)} }

// Sub is a field below a place, or one further down if the field is a path; it is the place itself if the field is "".
func (p Place) Sub(field string) Place {
	if field != "" {
		p.Field += "." + field
	}
	return p
}

// Source is the place in the object's document.
func (p Place) Source() source.Place {
	if p.Object == nil {
		return source.Place{}
	}
	return source.Place{Doc: p.Object.Doc, Field: p.Field}
}
