// Package route builds routes: what they match of a request, where they send it, and what they change in it. It also
// names the clusters of destinations, and routes connections by their TCP and TLS rules.
package route
