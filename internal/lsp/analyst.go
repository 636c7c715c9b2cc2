package lsp

import (
	"context"
	"sync"
	"time"
)

// quiet is how long nothing has to change until the workspace is examined.
const quiet = 20 * time.Millisecond

// An analyst examines the workspace after it has changed, once for several changes that come together.
type analyst struct {
	examine func() *snapshot
	publish func(*snapshot) // the snapshot after the last change

	mu           sync.Mutex
	wanted, done int // counts of changes: those made, and those that the latest snapshot has
	latest       *snapshot
	next         chan struct{} // closed with the next snapshot

	wake, hurry chan struct{}
}

func newAnalyst(examine func() *snapshot, publish func(*snapshot)) *analyst {
	return &analyst{
		examine: examine, publish: publish, next: make(chan struct{}), wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1),
	}
}

// changed notes that the workspace has changed.
func (a *analyst) changed() {
	a.mu.Lock()
	a.wanted++
	a.mu.Unlock()
	signal(a.wake)
}

// signal wakes who waits, now or later.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run examines until the context ends.
func (a *analyst) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		}
		a.settle(ctx)
		a.once()
	}
}

// settle waits until nothing changes any more, or somebody waits for the answer.
func (a *analyst) settle(ctx context.Context) {
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for {
		select {
		case <-a.wake:
			timer.Reset(quiet)
		case <-timer.C:
			return
		case <-a.hurry:
			return
		case <-ctx.Done():
			return
		}
	}
}

// once examines what has changed. What has changed again meanwhile is not published: its places would be wrong.
func (a *analyst) once() {
	a.mu.Lock()
	of := a.wanted
	if of == a.done {
		a.mu.Unlock()
		return
	}
	a.mu.Unlock()
	s := a.examine()
	a.mu.Lock()
	stale := a.wanted != of
	a.latest, a.done = s, of
	close(a.next)
	a.next = make(chan struct{})
	a.mu.Unlock()
	if !stale {
		a.publish(s)
	}
}

// current returns the snapshot after all changes that were made before the call.
func (a *analyst) current(ctx context.Context) (*snapshot, error) {
	a.mu.Lock()
	of := a.wanted
	a.mu.Unlock()
	for {
		a.mu.Lock()
		s, done, next := a.latest, a.done, a.next
		a.mu.Unlock()
		if s != nil && done >= of {
			return s, s.err
		}
		signal(a.hurry)
		select {
		case <-next:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// recent returns the latest snapshot that has worlds, of what was typed before; the current one where there is none yet.
func (a *analyst) recent(ctx context.Context) (*snapshot, error) {
	a.mu.Lock()
	s := a.latest
	a.mu.Unlock()
	if s == nil || s.err != nil {
		return a.current(ctx)
	}
	return s, nil
}
