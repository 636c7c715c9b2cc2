// Package proxy answers what several parts of a proxy's resources depend on: its IP families, its settings, its outbound traffic
// policy, and the addresses at which it serves and reaches services.
package proxy
