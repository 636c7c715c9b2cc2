package parallel

import (
	"iter"
	"runtime"
)

// InOrder calls do for each item of a sequence, side by side, and use with the results one after the other, in the order
// of the items and on the caller's goroutine. It ends early where use returns false. Only so many results as there are
// processors wait for their turn twice over, so that the results of a long sequence are never held together.
func InOrder[T, R any](items iter.Seq[T], do func(T) R, use func(R) bool) {
	type job struct {
		item   T
		result chan R
	}
	workers := runtime.GOMAXPROCS(0)
	todo, inOrder := make(chan job), make(chan job, 2*workers)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		defer close(todo)
		defer close(inOrder)
		for item := range items {
			j := job{item, make(chan R, 1)}
			select {
			case inOrder <- j:
				todo <- j
			case <-stop:
				return
			}
		}
	}()
	for range workers {
		go func() {
			for j := range todo {
				j.result <- do(j.item)
			}
		}()
	}
	for j := range inOrder {
		if !use(<-j.result) {
			return
		}
	}
}
