// Package registry holds the services of a mesh, their endpoints, and the workloads behind them, as istiod's registries
// of Kubernetes Services and ServiceEntries do.
//
// [Build] reads objects in this order: the namespaces that istiod watches (discovery.go), workloads (podworkload.go,
// workloadentry.go), services (kubernetes.go, serviceentry.go) with those who may see them, and their endpoints
// (endpointslice.go). A reader reads one object at a time and knows nothing of the result; the builder fills the Registry,
// which answers what a [Proxy] is, what it serves, and what might serve a port and does not.
package registry
