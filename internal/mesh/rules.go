package mesh

import "sem.example/internal/config"

// A Written is where something stands in the input.
type Written = config.Place

// A Loser is a document that would have applied and does not.
type Loser struct {
	Object *config.Object
	Field  string
	Reason string
}

// Place is the field that does not count.
func (l Loser) Place() config.Place { return config.Place{Object: l.Object, Field: l.Field} }
