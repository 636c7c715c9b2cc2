package simulate

import "sem.example/internal/envoy"

// An Engine answers calls to one proxy. It keeps what it has indexed of the proxy's resources and is safe for
// concurrent use.
type Engine struct {
	resources envoy.Resources
}

// New returns an engine over a proxy's resources.
func New(resources envoy.Resources) *Engine { return &Engine{resources: resources} }
