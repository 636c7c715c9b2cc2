package output

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// A Progress shows at a terminal how far a long run is: one line, drawn anew every second from the first on, and erased at the end.
// A run that takes less than a second shows nothing, and so does one whose stream is not a terminal: its Progress is nil, of which
// all methods may be called.
type Progress struct {
	out     io.Writer
	halt    chan struct{}
	stopped sync.WaitGroup

	mu          sync.Mutex
	work        string
	done, total int
}

// eraseLine clears the line of the cursor and goes to its beginning.
const eraseLine = "\r\x1b[2K"

// StartProgress shows the progress of a run on a stream until Done.
func StartProgress(stream io.Writer) *Progress {
	if _, terminal := Terminal(stream); !terminal || os.Getenv("TERM") == "dumb" {
		return nil
	}
	seconds := time.NewTicker(time.Second)
	return startProgress(stream, seconds.C, seconds.Stop)
}

func startProgress(out io.Writer, seconds <-chan time.Time, release func()) *Progress {
	p := &Progress{out: out, halt: make(chan struct{})}
	p.stopped.Go(func() {
		defer release()
		for passed := 1; ; passed++ {
			select {
			case <-seconds:
				p.draw(passed)
			case <-p.halt:
				if passed > 1 {
					fmt.Fprint(p.out, eraseLine)
				}
				return
			}
		}
	})
	return p
}

// Watch hears how far the run is.
func (p *Progress) Watch(work string, done, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if work != p.work || done > p.done { // goroutines may call out of turn
		p.work, p.done, p.total = work, done, total
	}
}

// Done erases what is shown.
func (p *Progress) Done() {
	if p != nil {
		close(p.halt)
		p.stopped.Wait()
	}
}

func (p *Progress) draw(seconds int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	count := ""
	if p.total > 0 {
		count = fmt.Sprintf(" %d of %d", p.done, p.total)
	}
	fmt.Fprintf(p.out, "%s%s%s … %d s", eraseLine, p.work, count, seconds)
}
