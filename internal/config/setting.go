package config

import "sem.example/internal/source"

// Known reports whether the place is a field of an object.
func (r Place) Known() bool { return r.Object != nil }

// Join names a field below this one.
func (r Place) Join(field string) Place {
	if r.Object == nil {
		return Place{}
	}
	return Place{r.Object, source.Join(r.Field, field)}
}

// Index names an item of the list that this field holds.
func (r Place) Index(i int) Place {
	if r.Object == nil {
		return Place{}
	}
	return Place{r.Object, source.Index(r.Field, i)}
}

// An Ignored is a field of an object that would apply and does not, with the reason.
type Ignored struct {
	Object *Object
	Field  string
	Reason string
}

// Place is the field that does not apply.
func (i Ignored) Place() Place { return Place{i.Object, i.Field} }

// Ignore returns the field as one that does not apply.
func (r Place) Ignore(reason string) Ignored { return Ignored{r.Object, r.Field, reason} }

// A Setting is a value and the field that sets it. A setting that nothing sets is the zero Setting.
type Setting[T any] struct {
	Value T
	At    Place
}

// IsSet reports whether a field sets the value.
func (s Setting[T]) IsSet() bool { return s.At.Object != nil }

// Or returns the setting, or another where nothing sets this one.
func (s Setting[T]) Or(other Setting[T]) Setting[T] {
	if s.IsSet() {
		return s
	}
	return other
}
