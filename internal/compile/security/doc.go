// Package security translates access control: AuthorizationPolicies into RBAC filters, RequestAuthentications into the filter
// that checks JSON Web Tokens, and the trust domains of the mesh into the identities that both mean.
package security
