package facts

import once "sem.example/internal/lazy"

// A memo is a [once.Map].
type memo[K comparable, V any] struct{ once.Map[K, V] }

func (m *memo[K, V]) get(key K, workOut func() V) V { return m.Get(key, workOut) }

// A lazy value is a [once.Value].
type lazy[V any] struct{ once.Value[V] }

func (l *lazy[V]) get(workOut func() V) V { return l.Get(workOut) }
