// Package simulate answers what Envoy would do with a call, by interpreting the resources of a proxy and nothing else.
//
// It knows listeners, filter chains, route tables and clusters; it knows neither Istio nor Kubernetes, so it reads a
// compiled snapshot and the dump of a live proxy alike. The files bear the names of those of package compile: whoever
// knows where a thing is written knows where it is read. The behaviour is that of Envoy 1.40.
package simulate
