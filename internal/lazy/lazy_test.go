package lazy

import (
	"sync"
	"sync/atomic"
	"testing"
)

// However many goroutines ask, a value is computed once, and the computation of one key may ask for another.
func TestMap(t *testing.T) {
	var m Map[int, int]
	var computed atomic.Int32
	square := func(n int) func() int {
		return func() int { computed.Add(1); return n * n }
	}
	if v, ok := m.Known(3); ok {
		t.Error("known before anybody asked:", v)
	}
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			n := i % 10
			if got := m.Get(n, square(n)); got != n*n {
				t.Errorf("%d: %d", n, got)
			}
		})
	}
	all.Wait()
	if n := computed.Load(); n != 10 {
		t.Errorf("10 keys took %d computations", n)
	}
	if v, ok := m.Known(3); !ok || v != 9 {
		t.Error(v, ok)
	}
	if got := m.Get(100, func() int { return m.Get(101, square(101)) + 1 }); got != 101*101+1 {
		t.Error(got)
	}
}

// A key whose computation is under way is not known yet, and asking does not wait for it.
func TestKnownDoesNotWait(t *testing.T) {
	var m Map[string, int]
	m.Get("a", func() int {
		if _, ok := m.Known("a"); ok {
			t.Error("known while it is computed")
		}
		return 1
	})
}

func TestValue(t *testing.T) {
	var v Value[int]
	var computed atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if got := v.Get(func() int { computed.Add(1); return 7 }); got != 7 {
				t.Error(got)
			}
		})
	}
	all.Wait()
	if n := computed.Load(); n != 1 {
		t.Errorf("%d computations", n)
	}
}
