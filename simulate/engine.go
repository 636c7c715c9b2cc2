package simulate

import (
	"sync"

	"sem.example/internal/envoy"
)

// An Engine answers calls to one proxy. What it learns of the proxy's resources (indexed virtual hosts, compiled
// regular expressions, unpacked extensions) it keeps, so that the second call to a place is cheap. It is safe for
// concurrent use.
type Engine struct {
	resources envoy.Resources
	why       bool

	ports     memo[uint32, *port]
	listeners memo[string, *listener]
	tables    memo[string, *table]
	clusters  memo[string, *cluster]
	places    memo[envoy.Addr, []Place]
}

// An Option changes how an engine answers.
type Option func(*Engine)

// Why makes each step of a trace list the candidates that were rejected, each with the first test that it failed.
func Why() Option { return func(e *Engine) { e.why = true } }

// New returns an engine over a proxy's resources.
func New(resources envoy.Resources, options ...Option) *Engine {
	e := &Engine{resources: resources}
	for _, o := range options {
		o(e)
	}
	return e
}

// A memo keeps what was computed once for a key. Two goroutines may compute the same value, of which one is kept.
type memo[K comparable, V any] struct{ m sync.Map }

func (m *memo[K, V]) get(key K, compute func() V) V {
	if v, ok := m.m.Load(key); ok {
		return v.(V)
	}
	v, _ := m.m.LoadOrStore(key, compute())
	return v.(V)
}
