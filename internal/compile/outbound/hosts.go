package outbound

import "sem.example/internal/hostname"

// A hostTable is a [hostname.Table].
type hostTable[V any] struct{ hostname.Table[V] }

func (t *hostTable[V]) add(host string, v V)        { t.Add(host, v) }
func (t *hostTable[V]) at(host string) []V          { return t.At(host) }
func (t *hostTable[V]) overlapping(host string) []V { return t.Overlapping(host) }
