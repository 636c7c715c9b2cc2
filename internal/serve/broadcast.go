package serve

import "sync"

// A broadcast announces changes to all who listen. Who is busy learns of several at once.
type broadcast struct {
	mu        sync.Mutex
	listeners map[chan struct{}]bool
}

func (b *broadcast) join() (changes <-chan struct{}, leave func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := make(chan struct{}, 1)
	if b.listeners == nil {
		b.listeners = map[chan struct{}]bool{}
	}
	b.listeners[c] = true
	return c, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, c)
	}
}

func (b *broadcast) announce() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.listeners {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
