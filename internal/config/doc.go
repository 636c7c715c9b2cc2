// Package config decodes a well-shaped document into its istio.io/api object and keeps the two together.
//
// An [Object] pairs a document with what it says: an istio.io/api message for the kinds of Istio, and for those of
// Kubernetes a small struct of the fields that a mesh depends on. Which kinds are read is in one table, in kinds.go.
package config
