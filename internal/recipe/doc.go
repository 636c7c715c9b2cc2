// Package recipe writes configuration for common purposes: documents, a test of what they do, and fixtures for what the
// cluster has already.
//
// A recipe is one CUE file of this folder. Its first comment is what "sem new" prints of it. Its fields are
//
//	params     what the user says: each a constraint, with a comment that documents it and perhaps a default
//	documents  what is written, by the order of writing
//	fixtures   Kubernetes objects that the documents speak of, which only a test needs
//	tests      the cases of the test file
//
// The comment before a field of documents, fixtures or tests is written before that field in YAML, too: it tells the reader
// why the field is there. The fields of a document are written in the order of the schema, whatever the order in CUE.
// shared.cue holds the types of parameters; their constraints are the schema's own.
package recipe
