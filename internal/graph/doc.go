// Package graph builds what a picture of a mesh shows: clients, gateways, hosts, rules, subsets, workloads and hosts outside, and
// the ways between them. It decides nothing: ways and destinations are those of the list of routes or of a trace.
package graph
