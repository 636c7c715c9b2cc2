package subprocess

import (
	"encoding/gob"
	"io"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// A child is a process that answers one request after another.
type child struct {
	command *exec.Cmd
	in      io.WriteCloser
	encoder *gob.Encoder
	reply   *io.LimitedReader // what the child may still write
	decoder *gob.Decoder
	stderr  Beginning
	late    atomic.Bool // it was killed because it did not end by itself
}

// start starts a child.
func start(command *exec.Cmd) (*child, error) {
	c := &child{command: command, stderr: Beginning{Limit: 4096}} // the rest of a long stack helps nobody
	command.Stderr = &c.stderr
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.in, c.encoder, c.reply = in, gob.NewEncoder(in), &io.LimitedReader{R: out}
	c.decoder = gob.NewDecoder(c.reply)
	return c, command.Start()
}

// patience is how much longer than the child the parent waits: a child at its limit ends by itself, and says why.
const patience = 10 * time.Second

// call sends a request and receives the parts of its reply.
func (c *child) call(request any, limits Limits, receive func(*gob.Decoder) (bool, error)) error {
	timer := time.AfterFunc(limits.Time+patience, c.kill)
	defer timer.Stop()
	c.reply.N = limits.reply()
	if err := c.encoder.Encode(request); err != nil {
		return err
	}
	for {
		last, err := receive(c.decoder)
		if last || err != nil {
			return err
		}
		timer.Reset(limits.Time + patience)
	}
}

// end waits for the end of the child, which comes when its input is closed, and returns its exit code and what it said.
func (c *child) end() (exit int, detail string) {
	_ = c.in.Close()
	timer := time.AfterFunc(patience, c.kill)
	defer timer.Stop()
	tooMuch := c.reply.N <= 0
	_, _ = io.Copy(io.Discard, c.reply.R) // a child that is writing does not end
	_ = c.command.Wait()                  // its state says all
	detail, _, _ = strings.Cut(strings.TrimSpace(c.stderr.String()), "\n")
	switch exit = c.command.ProcessState.ExitCode(); {
	case tooMuch:
		return exitReply, ""
	case c.late.Load():
		return exitTime, ""
	}
	return exit, detail
}

// kill ends a child that does not end by itself.
func (c *child) kill() {
	c.late.Store(true)
	_ = c.command.Process.Kill()
}
