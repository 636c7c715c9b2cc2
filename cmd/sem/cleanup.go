package main

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// cleanups are what is to be undone before the process ends: temporary files and folders, and programs that it started.
var cleanups = struct {
	sync.Mutex
	next  int
	todo  map[int]func()
	begin sync.Once
}{todo: map[int]func(){}}

// atExit has something done when a signal ends the process. The function that it returns takes the wish back.
func atExit(undo func()) (forget func()) {
	cleanups.begin.Do(watchSignals)
	cleanups.Lock()
	defer cleanups.Unlock()
	id := cleanups.next
	cleanups.next++
	cleanups.todo[id] = undo
	return func() {
		cleanups.Lock()
		defer cleanups.Unlock()
		delete(cleanups.todo, id)
	}
}

// watchSignals cleans up at the first signal that ends a process, and ends it as the signal would have.
func watchSignals() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		got := <-signals
		cleanups.Lock() // and never unlocked: nothing new begins
		for _, undo := range cleanups.todo {
			undo()
		}
		code := 1
		if number, ok := got.(syscall.Signal); ok {
			code = 128 + int(number)
		}
		os.Exit(code)
	}()
}

// tempFolder makes a temporary folder, which a signal removes as well.
func tempFolder(pattern string) (dir string, remove func(), err error) {
	if dir, err = os.MkdirTemp("", pattern); err != nil {
		return "", nil, err
	}
	forget := atExit(func() { os.RemoveAll(dir) })
	return dir, func() { os.RemoveAll(dir); forget() }, nil
}
