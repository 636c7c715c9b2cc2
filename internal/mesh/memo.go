package mesh

import "sem.example/internal/lazy"

// A memo is a [lazy.Map].
type memo[K comparable, V any] struct{ lazy.Map[K, V] }

func (m *memo[K, V]) get(key K, compute func() V) V { return m.Get(key, compute) }
