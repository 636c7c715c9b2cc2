package memo

import (
	"sync"
)

// A Memo keeps what was computed once for a key. Two goroutines may compute the same value, of which one is kept.
type Memo[K comparable, V any] struct {
	mu   sync.RWMutex
	kept map[K]V
}

func (m *Memo[K, V]) Find(key K) (V, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok := m.kept[key]
	return v, ok
}

// Keep keeps a value, and returns the one that is kept.
func (m *Memo[K, V]) Keep(key K, v V) V {
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
