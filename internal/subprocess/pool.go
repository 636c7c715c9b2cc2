package subprocess

import (
	"encoding/gob"
	"errors"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A Pool keeps children for as long as there are requests. It starts the first one at the first request. It is safe for
// concurrent use.
type Pool struct {
	command []string
	limits  Limits
	slots   chan struct{} // one for each child at work

	mu   sync.Mutex
	idle []*child
}

// maxChildren bounds the memory of all children together.
const maxChildren = 4

// NewPool returns a pool of children that run a command, which has to call [Serve] with the limits that follow as its last two
// arguments (see [ParseLimits]).
func NewPool(command []string, limits Limits) *Pool {
	return &Pool{
		command: append(slices.Clone(command), strconv.FormatInt(limits.Memory, 10), limits.Time.String()),
		limits:  limits,
		slots:   make(chan struct{}, min(maxChildren, runtime.GOMAXPROCS(0))),
	}
}

// ParseLimits reads the arguments that a pool gives to its children.
func ParseLimits(args []string) (Limits, error) {
	if len(args) != 2 {
		return Limits{}, errors.New("want two arguments: memory and time")
	}
	memory, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return Limits{}, err
	}
	duration, err := time.ParseDuration(args[1])
	return Limits{Memory: memory, Time: duration}, err
}

// Call sends a request to a child and has each part of the reply received until receive reports that it was the last. The error
// is a [Failure] where the child ended.
func (p *Pool) Call(request any, receive func(*gob.Decoder) (last bool, err error)) error {
	p.slots <- struct{}{}
	defer func() { <-p.slots }()
	c, err := p.acquire()
	if err != nil {
		return err
	}
	if err := c.call(request, p.limits, receive); err != nil {
		failure := &Failure{Limits: p.limits}
		failure.Exit, failure.Detail = c.end()
		return failure
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, c)
	return nil
}

// acquire returns an idle child or starts one.
func (p *Pool) acquire() (*child, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if last := len(p.idle) - 1; last >= 0 {
		c := p.idle[last]
		p.idle = p.idle[:last]
		return c, nil
	}
	return start(exec.Command(p.command[0], p.command[1:]...))
}

// Close ends the children.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.idle {
		c.end()
	}
	p.idle = nil
}
