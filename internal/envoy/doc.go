// Package envoy holds what one proxy runs: its listeners, route tables, clusters and endpoints as Envoy's own messages
// (go-control-plane), each part with an address and the origins that it was made from.
//
// A [Snapshot] is the whole; [Resources] is what an interpreter asks for, by name, so that a lazy compile may build
// only what a call touches; [Lists] is what a printer asks for, type by type, so that it need not hold the whole.
// Messages are immutable once they are built.
package envoy
