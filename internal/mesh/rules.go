package mesh

import "sem.example/internal/config"

// A Written is where something stands in the input.
type Written struct {
	Object *config.Object
	Field  string
}

// A Loser is a document that would have applied and does not.
type Loser struct {
	Object *config.Object
	Field  string
	Reason string
}
