// Package route finds the virtual host and the route of a request in a route table, and holds what a route does:
// forward, redirect, rewrite, headers, retries, mirrors and the settings of HTTP filters.
package route
