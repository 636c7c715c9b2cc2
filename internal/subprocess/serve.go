package subprocess

import (
	"encoding/gob"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Serve answers requests until there are no more. It ends the process where an answer costs more than the limits allow, and where
// the parent is gone. Answer sends the parts of its reply; each part has its own time.
func Serve[Request any](in io.Reader, out io.Writer, limits Limits, answer func(Request, func(part any) error) error) {
	restrict(limits)
	go watch(limits.Memory)
	requests := make(chan Request)
	go receive(in, requests)
	encoder := gob.NewEncoder(out)
	for request := range requests {
		timer := time.AfterFunc(limits.Time, func() { os.Exit(exitTime) })
		err := answer(request, func(part any) error {
			timer.Reset(limits.Time)
			return encoder.Encode(part)
		})
		timer.Stop()
		if err != nil {
			os.Exit(1)
		}
	}
}

// receive reads requests. At the end of the input nobody waits for an answer any more.
func receive[Request any](in io.Reader, to chan<- Request) {
	for decoder := gob.NewDecoder(in); ; {
		var request Request
		if decoder.Decode(&request) != nil {
			os.Exit(0)
		}
		to <- request
	}
}

// restrict sets the limits that the runtime and the system keep by themselves.
func restrict(limits Limits) {
	debug.SetMemoryLimit(limits.Memory / 4 * 3) // from here on garbage is collected more often
	debug.SetMaxStack(int(limits.Memory / 4))
	limitAddressSpace(limits.Memory)
}

// interval is how often the use of memory is looked at: Go programs allocate some 10 MB meanwhile.
const interval = 2 * time.Millisecond

// watch ends the process when it uses more memory than it may. The system's own limits count address space, of which Go
// reserves much more than it uses, and not every system has them.
func watch(limit int64) {
	use := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(interval) {
		metrics.Read(use)
		if int64(use[0].Value.Uint64()-use[1].Value.Uint64()) > limit {
			os.Exit(exitMemory)
		}
	}
}
