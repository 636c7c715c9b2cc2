// Package simulate answers what Envoy would do with a call, by interpreting the resources of a proxy and nothing else.
//
// It knows listeners, filter chains, route tables and clusters; it knows neither Istio nor Kubernetes, so it reads a
// compiled snapshot and the dump of a live proxy alike. The behaviour is that of Envoy 1.40.
//
// # The way of a call
//
// An [Engine] answers calls to one proxy. [Engine.Trace] takes a [Call] through three layers, each a package below
// internal, in the order in which Envoy works. Each returns once:
//
//	connection   which listener accepts it, what the listener filters see of its     listener
//	             first bytes, which filter chain takes it, the handshake
//	             the network filters of the chain: access control, TCP proxy, HTTP   network
//	HTTP         normalise path and authority, find virtual host and route, pass     hcm, route,
//	             the HTTP filters (tokens, access control, faults, CORS); the        rbac, jwt
//	             router redirects, responds, or changes the request and forwards it
//	upstream     the cluster, its endpoints with their shares, the TLS towards them  upstream
//
// Below them are what a client does ([Call], the connection that it opens: call, request), Envoy's matchers (match) and
// the record of what was decided (decision).
//
// Each decision is recorded as a [Step]: what was chosen, why, and, by the Origins of the resources, the fields of the
// documents behind it. With the option [Why] a step also names what was rejected, with the first test that it failed.
//
// Where chance decides (weights, faults, runtime fractions) the [Hop] describes the likeliest outcome, and its branches
// list all of them with their shares.
//
// [Engine.Follow] goes on from proxy to proxy, as far as a [NextHops] knows which proxy an endpoint belongs to.
//
// # Cost
//
// What can be known of the resources is worked out once and kept: domains and server names are looked up by hash,
// regular expressions are compiled, extensions unpacked, endpoints have their shares. A call costs the same in a table
// of ten virtual hosts and of ten thousand.
//
// # Proof
//
// The archives in testdata hold resources, calls and answers; a real Envoy, where there is one, is given the same
// resources and calls, and what it does is compared with the traces.
//
// The files are named after Envoy's concepts, as those of package compile are: whoever knows where a thing is written
// knows where it is read.
package simulate
