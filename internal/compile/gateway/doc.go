// Package gateway builds the listeners and route tables of a gateway: it merges the servers of its Gateways, and routes
// what they receive by the VirtualServices that are bound to them.
package gateway
