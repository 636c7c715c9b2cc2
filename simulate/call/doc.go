// Package call is what a client does at the socket and over it: the Call as it is asked about, its normal form, and
// the connection that it opens.
package call
