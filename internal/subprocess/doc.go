// Package subprocess answers requests in another process of the same program, which may use a limited amount of memory and
// time. A request that needs more, or that ends its process by an error which Go cannot recover from, such as an exhausted stack,
// is an error of the one who asks, and nothing else.
//
// The parent has a [Pool]; the child runs [Serve]. Both speak encoding/gob over the pipes of the child.
package subprocess
