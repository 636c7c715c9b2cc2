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
	places    memo[spot, []Place]
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
type memo[K comparable, V any] struct {
	mu   sync.RWMutex
	kept map[K]V
}

func (m *memo[K, V]) find(key K) (V, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok := m.kept[key]
	return v, ok
}

// keep keeps a value, and returns the one that is kept.
func (m *memo[K, V]) keep(key K, v V) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	if before, ok := m.kept[key]; ok {
		return before
	}
	if m.kept == nil {
		m.kept = map[K]V{}
	}
	m.kept[key] = v
	return v
}
