// Package compile turns one proxy's view of the mesh into the Envoy resources that the proxy would receive.
//
// It says what istiod of Istio 1.32 says for the same documents. One file of its packages holds one Envoy concept; package simulate has
// files of the same names, which read what is written here. A [Compiler] builds on demand, by name, so that a trace pays
// for the one listener, virtual host and clusters that its request touches; [Compiler.Snapshot] builds everything.
//
// # The packages
//
// Each kind of traffic has a package with a Builder: outbound and inbound for sidecars, gateway for gateways. They are made
// of filter chains (package filterchain), routes (route) and clusters (cluster). What loses against another (a port, a
// host, a connection, a policy) leaves its origin with the winner, with the reason (origin). Package compile itself keeps
// what was built, and shares it between proxies ([Family]).
//
// # An example
//
// Say service "shop" has port 80, HTTP, and a VirtualService. ListenersOn(80) has the listener 0.0.0.0_80, whose chain for
// HTTP names route table "80". Route("80") has the virtual host "shop.default.svc.cluster.local:80" with a route for each
// match of the VirtualService's rules, one of which names cluster "outbound|80|v2|shop.default.svc.cluster.local".
// Cluster and Endpoints answer for that name.
package compile
