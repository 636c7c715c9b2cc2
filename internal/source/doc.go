// Package source reads files into documents and remembers, for every field, the line it was written on.
//
// A [Document] is one YAML, JSON or CUE document. Its tree of [Node] values holds what Kubernetes would read
// (the semantics of sigs.k8s.io/yaml) and where each key and value stands in the file. Nobody else in sem computes
// a line: other packages name a field by its path ("spec.http[0].match[1].uri.prefix") and ask [Document.At].
//
// Documents and nodes are immutable once read and may be shared between goroutines.
package source
