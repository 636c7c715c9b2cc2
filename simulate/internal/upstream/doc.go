// Package upstream takes what leaves a proxy to its clusters: the endpoints with their shares, and the TLS towards
// them.
package upstream
