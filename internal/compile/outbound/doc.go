// Package outbound builds the listeners and route tables for the traffic that a workload sends.
//
// An egress is one listener of the proxy's Sidecar, with its services by port. For each port a listenerMap adds what each
// service wants at an address, and settles who listens where: requests share the listener for every address and are told
// apart by a route table, other connections by their destination or server name. A route table gathers hosts into virtual
// hosts, each with the rules of the VirtualService that applies to it or with the one route of its service.
package outbound
