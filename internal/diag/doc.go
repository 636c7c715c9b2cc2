// Package diag defines the Diagnostic, the only way that sem tells a user about a mistake.
//
// A [Diagnostic] names the [Check] that it belongs to, says what is wrong in the user's words, why it matters and what to
// do, and points at the field. Whoever finds a mistake names a document and a field path; the lines come from the document.
package diag
