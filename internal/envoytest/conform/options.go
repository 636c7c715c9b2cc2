package main

import (
	"sem.example/internal/envoy"
	"sem.example/internal/release"
)

type options struct {
	envoy   string
	seed    uint64
	limit   int
	random  uint64 // how many meshes to generate
	first   uint64 // the seed of the first of them
	verbose bool
	release release.Release                       // of Istio, whose Envoy it is
	altered func(*envoy.Snapshot) *envoy.Snapshot // what the trace reads instead of what Envoy runs: a mistake to be found
}

// none is the limit of an option that wants no calls.
const none = -1
