package diag

import "sem.example/internal/source"

// A Change is one step of a fix, in terms of the tree of a document. How it is written down is for package fix.
type Change struct {
	At     source.Place // a field, which need not be there to be set; of a comment, its exact place
	Key    string       // the name that the field gets; "" keeps it
	Value  *source.Node // the value that the field gets; nil keeps it
	Remove bool         // the field, or the comment, goes
}

// Set is the change that gives a field a value, or adds it.
func Set(at source.Place, value *source.Node) Change { return Change{At: at, Value: value} }

// Rename is the change that gives a field another name and another value.
func Rename(at source.Place, key string, value *source.Node) Change {
	return Change{At: at, Key: key, Value: value}
}

// Remove is the change that takes a field or a comment away.
func Remove(at source.Place) Change { return Change{At: at, Remove: true} }
