// Package rbac evaluates the rules of the role-based access control filters, network and HTTP.
package rbac
