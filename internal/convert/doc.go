// Package convert writes documents down in another language than theirs: YAML or JSON as kubectl reads it, or CUE that is
// held to the definitions of the schema. What is read back is the same document, comments aside.
package convert
