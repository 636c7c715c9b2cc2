package facts

// Registry says what a host means that the input does not hold.
type Registry string

// The registries. The empty value decides host by host: a Kubernetes name of a namespace whose Services the input holds is
// wrong, every other is unknown.
const (
	Open   Registry = "open"   // unknown: no finding
	Closed Registry = "closed" // wrong
)
