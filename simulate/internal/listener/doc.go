// Package listener accepts a connection: it finds the listener, runs the listener filters, chooses the filter chain
// and makes the handshake.
package listener
