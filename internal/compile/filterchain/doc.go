// Package filterchain builds filter chains: what they match of a connection, how they end its TLS, and the filters that handle
// its requests. Outbound listeners, gateways and inbound listeners are made of them.
package filterchain
