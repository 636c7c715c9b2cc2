package facts

// Registry says what a host means that the input does not hold.
type Registry string

// The registries. The empty value decides namespace by namespace: one whose objects were read from a cluster is complete, of every
// other a missing host is unknown, and findings about it are information.
const (
	Open   Registry = "open"   // unknown: no finding
	Closed Registry = "closed" // wrong
)
