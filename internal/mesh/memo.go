package mesh

import "sync"

// A memo remembers what was computed for a key. It is safe for concurrent use and computes each value once.
type memo[K comparable, V any] struct{ values sync.Map }

func (m *memo[K, V]) get(key K, compute func() V) V {
	f, ok := m.values.Load(key)
	if !ok {
		f, _ = m.values.LoadOrStore(key, sync.OnceValue(compute))
	}
	return f.(func() V)()
}
