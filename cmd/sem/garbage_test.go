package main

import (
	"runtime"
	"testing"
	"time"
)

func TestAfterCollection(t *testing.T) {
	called := make(chan bool, 1)
	afterCollection(func() {
		select {
		case called <- true:
		default: // the test is over
		}
	})
	for range 3 { // it goes on being called
		runtime.GC()
		select {
		case <-called:
		case <-time.After(time.Minute):
			t.Fatal("nobody was called after a collection")
		}
	}
}
