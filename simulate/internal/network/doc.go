// Package network is the network filters of a filter chain: access control, the TCP proxy, and those that choose a
// cluster by the server name.
package network
