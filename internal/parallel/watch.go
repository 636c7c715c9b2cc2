package parallel

import "sync/atomic"

// A Watch hears how far work is: what it is, how much is done and of how much, where that is known. Several goroutines call it at
// once. A nil Watch hears nothing.
type Watch func(work string, done, total int)

// Begin tells of work that does not count its parts.
func (w Watch) Begin(work string) {
	if w != nil {
		w(work, 0, 0)
	}
}

// Each is as the function [Each], and tells of each call that is done.
func (w Watch) Each(work string, n int, do func(i int)) {
	if w == nil {
		Each(n, do)
		return
	}
	w(work, 0, n)
	var done atomic.Int64
	Each(n, func(i int) {
		do(i)
		w(work, int(done.Add(1)), n)
	})
}
