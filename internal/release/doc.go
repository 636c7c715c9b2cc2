// Package release knows what the releases of Istio do differently, in one table.
//
// Whoever compiles, checks or decodes asks a [Release] whether it has a named [Behaviour]; nobody compares versions. A
// behaviour is what the newest release does, so the zero Release, which is the newest, has all of them.
package release
