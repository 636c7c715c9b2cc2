// Package request is an HTTP request on its way through a proxy: pseudo headers, query and cookies, and what
// normalisation does to its path and authority.
package request
