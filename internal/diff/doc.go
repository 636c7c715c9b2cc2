// Package diff finds the requests that two snapshots of a proxy answer differently.
//
// It knows Envoy only. Equal resources need no search: [normal.go] reduces a resource to what requests can show of it, with
// the clusters that it names in it, and two that are reduced to the same text are equal. Route tables that differ are gone
// through host by host; of two hosts that differ, the two lists of routes are walked together (walk.go), and each set of
// requests that some pair of routes takes is found to be empty, or has a request for a witness. Strings are decided by
// automata (language.go).
//
// What the snapshots make of a witness is asked of package simulate, which is the only model of routing. So a [Change] is
// always one that a trace confirms, and what is neither equal nor confirmed is [Undecided].
package diff
