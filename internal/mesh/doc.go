// Package mesh gathers objects into the services, endpoints and rules of a mesh, and answers what one proxy may see of
// them.
//
// # Words
//
// A [Mesh] is everything that was loaded; a [View] is what one [Proxy] sees of it. Services, endpoints and workloads are
// those of package registry. Rules are those of package routing: a [VirtualService] has its names completed and its
// delegates merged in. A [DestinationRule] is what several rules of one host come to for one client, in the terms of
// package trafficpolicy. An [EgressListener] is what a Sidecar, or its absence, lets a proxy call. Everything knows the
// place that it was written in, and what does not apply is kept as [config.Ignored] with the reason.
//
// # How a view comes about
//
// [Build] reads objects once: services and endpoints (package registry), then the rules, each kind indexed by what it is
// looked up by. Age decides most conflicts: [config.Compare] orders objects, and Kubernetes Services without a creation
// time count as older than any entry.
//
// [Mesh.View] then answers for a proxy. It chooses the Sidecar (sidecar.go), computes its listeners (egress.go) and the
// union of what they import (scope.go), and looks up DestinationRules when they are asked for (destinationrule.go):
//
//	client in namespace "web" calls reviews.shop.svc.cluster.local
//	  1. exportTo   which services and rules may namespace "web" see at all?
//	  2. Sidecar    which of these do the listeners of the Sidecar in force import?
//	  3. host       of several services of one host: the own namespace's, Kubernetes', the oldest
//	  4. rules      DestinationRules of "web", then of "shop", then of the root namespace; the first that covers the host
//
// All proxies of one namespace and Sidecar share the result of steps 1 to 3, so that a hundred views cost little more
// than one.
//
// The behaviour is that of istiod 1.32 with its default feature flags. A Mesh and its Views are immutable once built and
// safe for concurrent use.
package mesh
