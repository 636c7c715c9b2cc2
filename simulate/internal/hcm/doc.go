// Package hcm is the HTTP connection manager: it reads a connection as HTTP, finds the route, passes the request
// through the HTTP filters, and the router among them responds or forwards.
package hcm
