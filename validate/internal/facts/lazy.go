package facts

import "sync"

// A lazy value is worked out when a check first asks for it. The zero one is ready to use.
type lazy[V any] struct {
	once  sync.Once
	value V
}

func (l *lazy[V]) get(workOut func() V) V {
	l.once.Do(func() { l.value = workOut() })
	return l.value
}

// A memo keeps what was worked out for a key. The zero one is ready to use.
type memo[K comparable, V any] struct {
	mu    sync.RWMutex
	known map[K]V
}

func (m *memo[K, V]) get(key K, workOut func() V) V {
	m.mu.RLock()
	value, ok := m.known[key]
	m.mu.RUnlock()
	if ok {
		return value
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if value, ok = m.known[key]; !ok {
		if m.known == nil {
			m.known = map[K]V{}
		}
		value = workOut()
		m.known[key] = value
	}
	return value
}
