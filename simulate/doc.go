// Package simulate answers what Envoy would do with a call, by interpreting the resources of a proxy and nothing else.
//
// It knows listeners, filter chains, route tables and clusters; it knows neither Istio nor Kubernetes, so it reads a
// compiled snapshot and the dump of a live proxy alike. The behaviour is that of Envoy 1.40.
//
// # The way of a call
//
// An [Engine] answers calls to one proxy. [Engine.Trace] runs a [Call] through it, in the order in which Envoy works:
//
//	listen      which listener accepts the connection                        listener.go
//	inspect     what the listener filters see of its first bytes             inspector.go
//	chain       which filter chain takes it                                  filterchain.go
//	handshake   whether the chain decrypts it, and knows the client          downstreamtls.go
//	read        network filters: access control, then TCP or HTTP            networkfilter.go, tcpproxy.go
//	http        normalise path and authority; find virtual host and route    exchange.go, routetable.go, route.go
//	filter      HTTP filters: tokens, access control, faults, CORS           httpfilter.go and a file each
//	respond     redirect, answer, or change the request and forward it       router.go
//	way         the cluster, its endpoints with their shares, the TLS        way.go, cluster.go, endpoint.go, tls.go
//	finish      the verdict in words, what the application sees, warnings    finish.go, warning.go
//
// Each decision is recorded as a [Step]: what was chosen, why, and, by the Origins of the resources, the fields of the
// documents behind it. With the option [Why] a step also names what was rejected, with the first test that it failed.
//
// Where chance decides (weights, faults, runtime fractions) the [Hop] describes the likeliest way, and its branches
// tell all of them with their shares.
//
// [Engine.Follow] goes on from proxy to proxy, as far as a [Path] knows which proxy stands behind an endpoint.
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
// resources and calls, and what it does is held against the traces.
//
// The files bear the names of those of package compile: whoever knows where a thing is written knows where it is read.
package simulate
