// Package fix writes fixes of findings into the text of their files.
//
// A fix says what is to become of the tree of a document: a field gets a value or a name, or goes. Here it becomes edits of bytes
// at the places of nodes, so that comments and layout stay. An edited text is only taken where it reads as the tree that the
// fix asks for: an alias, a merge key, a comment inside a block of text, or anything else that stands in the way leaves the
// text as it is.
package fix
