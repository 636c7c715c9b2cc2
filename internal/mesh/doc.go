// Package mesh gathers objects into the services, endpoints and rules of a mesh, and answers what one proxy may see of
// them.
//
// A [Mesh] is everything that was loaded. A [View] is what one proxy sees of it: exportTo, Sidecar scope and the rules of
// precedence already applied, with the losers kept together with the reason. Both are immutable once built.
package mesh
