package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// room is how much garbage there may be before any is collected, in bytes. Most inputs are done with before.
const room = 64 << 20

// collectLate leaves garbage alone until there is some amount of it. The runtime collects whenever what is in use has
// doubled, from 4 MB on, which for a process that ends in a moment is work without use.
func collectLate() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(room / (4 << 20) * 100)
	afterCollection(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		debug.SetGCPercent(max(100, int(room*100/max(live[0].Value.Uint64(), 1))))
	})
}

// afterCollection calls f after each collection.
func afterCollection(f func()) {
	type sentinel struct{ _ *byte }
	var watch func()
	watch = func() {
		runtime.SetFinalizer(&sentinel{new(byte)}, func(*sentinel) {
			watch()
			f()
		})
	}
	watch()
}
