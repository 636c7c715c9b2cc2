// Package compile turns one proxy's view of the mesh into the Envoy resources that the proxy would receive.
//
// It says what istiod of Istio 1.32 says for the same documents. One file holds one Envoy concept; package simulate has
// files of the same names, which read what is written here. A [Compiler] builds on demand, by name, so that a trace pays
// for the one listener, virtual host and clusters that its request touches; [Compiler.Snapshot] builds everything.
//
// # Words
//
// A draft is a resource whose place is not settled: a filter chain before the conflicts of its listener are, a route
// before it stands in a virtual host. A trail is the origins of a draft, recorded once its address is known; those of
// routes and clusters, which are many, are worked out when somebody asks. What loses against another (a port, a host, a
// connection, a policy) leaves its origin with the winner, with the reason.
//
// # The way of a sidecar's outbound traffic
//
// An egress (egress.go) is one listener of the proxy's Sidecar, with its services by port. For each port a portPlan
// (portplan.go) takes the bids of the services for an address, and settles who listens where: requests share the
// listener for every address and are told apart by a route table, other connections by their destination (tcproute.go)
// or server name (tlsroute.go). A route table (routetable.go) gathers hosts into virtual hosts (virtualhost.go), each
// with the rules of the VirtualService that speaks for it (package route) or with the one route of its service. The names of
// tables and clusters (names.go) tie the parts together.
//
// Say service "shop" has port 80, HTTP, and a VirtualService. ListenersOn(80) has the listener 0.0.0.0_80, whose chain for
// HTTP names route table "80". Route("80") has the virtual host "shop.default.svc.cluster.local:80" with a route for each
// match of the VirtualService's rules, one of which names cluster "outbound|80|v2|shop.default.svc.cluster.local".
// Cluster and Endpoints answer for that name.
//
// Gateways (package gateway) and what reaches a sidecar (package inbound) use the same chains and routes.
package compile
