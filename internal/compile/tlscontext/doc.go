// Package tlscontext builds what TLS is ended or begun with: the contexts of sidecars and gateways for connections that reach
// them, and the secrets and validation of certificates that both directions have in common.
package tlscontext
