// Package lazy holds values that are computed when they are first asked for: a single one ([Value]) or one for each key
// ([Map]). Both are ready to use as zero values, safe for concurrent use, and compute each value once.
package lazy

import (
	"regexp"
	"sync"
	"sync/atomic"
)

// A Value is computed when it is first asked for.
type Value[V any] struct {
	once  sync.Once
	known atomic.Bool
	value V
}

// Get returns the value, which the first call computes. The computation must not ask for the value itself.
func (l *Value[V]) Get(compute func() V) V {
	l.once.Do(func() { l.value = compute(); l.known.Store(true) })
	return l.value
}

// A Map holds a value for each key, computed when the key is first asked for.
type Map[K comparable, V any] struct {
	mu     sync.RWMutex
	values map[K]*Value[V]
}

// Get returns the value of a key, which the first call for the key computes. Other goroutines that ask for the key wait
// for it; those that ask for other keys do not. The computation may ask the map for other keys, never for its own.
func (m *Map[K, V]) Get(key K, compute func() V) V {
	m.mu.RLock()
	e := m.values[key]
	m.mu.RUnlock()
	if e == nil {
		e = m.entry(key)
	}
	return e.Get(compute)
}

// Known returns the value of a key that an earlier call of [Map.Get] computed.
func (m *Map[K, V]) Known(key K) (v V, ok bool) {
	m.mu.RLock()
	e := m.values[key]
	m.mu.RUnlock()
	if e == nil || !e.known.Load() {
		return v, false
	}
	return e.value, true
}

func (m *Map[K, V]) entry(key K) *Value[V] {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.values[key]
	if e == nil {
		if m.values == nil {
			m.values = map[K]*Value[V]{}
		}
		e = &Value[V]{}
		m.values[key] = e
	}
	return e
}

// Regexp returns a regular expression that is compiled when it is first asked for: a program has many, and a run needs few of them.
// It panics then where the expression is wrong.
func Regexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
