// Package schema holds the CUE definition of each kind and checks the shape of a document against it.
//
// The .cue files are the only source of truth: they accept what the API server's schema and Istio's webhook accept of one
// document, as far as a schema can say it, and their comments document the fields. They are a module for the stock cue command,
// too. Three things are made of them:
//
//   - [Check] says what is wrong with a document. A document that is right never meets CUE: a checker made of terms, which are
//     compiled from the syntax of the files, says yes. It says no to whatever it does not know for sure to be right, and then
//     CUE itself decides and explains. So a term may be too strict, which costs time, but never too lax; tests hold it to that.
//   - [Explain] documents a field.
//   - [Checks] documents the findings.
package schema
