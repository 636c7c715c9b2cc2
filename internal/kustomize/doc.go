// Package kustomize builds kustomizations with kustomize's own library, offline.
//
// A kustomization is input that anybody may write, and kustomize fetches, clones and runs what it names. The library therefore never
// sees the files or their names as they are: this package reads them from a [Tree], which has one folder and nothing beyond it, keeps the
// fields that it knows to be harmless, and gives the library copies in memory. What is not built (remote bases, charts, plugins) is a
// [source.Problem].
//
// The copies have annotations that name the documents they were made of. They come back with the built resources, whatever prefixes
// and namespaces these were given, and lead each value to the file and line that it was written on.
package kustomize
