// Package tlscontext names the certificates of a TLS context, upstream or downstream.
package tlscontext
