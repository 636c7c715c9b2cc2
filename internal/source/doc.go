// Package source reads files into documents and remembers, for every field, the line it was written on.
//
// A [Document] is one YAML, JSON or CUE document. Its tree of [Node] values holds what Kubernetes would read
// (the semantics of sigs.k8s.io/yaml) and where each key and value is in the file. Nobody else in sem computes
// a line: other packages name a field by its path ("spec.http[0].match[1].uri.prefix") and ask [Document.At].
//
// What is wrong with an input before anybody asks what it means (a file that cannot be read, YAML that is none, a key that
// is set twice) is a [Problem]; package diag makes findings of problems. One broken document never hides the others.
//
// YAML is read twice at most: by a fast reader, which knows what people write by hand and gives up on anything else, and
// then by a whole parser. Both give the same tree; a fuzz test sees to that, and another that the tree is what
// sigs.k8s.io/yaml reads.
//
// Documents and nodes are immutable once read and may be shared between goroutines.
package source
