// Package render writes what a proxy runs as JSON that Envoy loads.
//
// [JSON] prints the resources as istiod sends them: listeners, routes, clusters and endpoints apart, each list sorted by
// name, in proto JSON with the field names of the protos. The same resources always give the same bytes.
//
// [Bootstrap] prints one static bootstrap that a stock Envoy runs as it is: what a control plane would deliver in
// pieces (route tables, endpoints, secrets) stands inline or in files, and what only Istio's own proxy understands is
// left out and named.
package render
