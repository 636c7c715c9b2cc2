package subprocess

import (
	"encoding/gob"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// A process that is started with limits is a child: it does what it is asked.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "child" {
		limits, err := ParseLimits(os.Args[2:])
		if err != nil {
			panic(err)
		}
		Serve(os.Stdin, os.Stdout, limits, obey)
		return
	}
	os.Exit(m.Run())
}

// obey answers in three parts, after having done what the request asks.
func obey(request string, send func(any) error) error {
	switch request {
	case "memory":
		for all := [][]byte{}; ; {
			all = append(all, []byte(strings.Repeat("x", 1<<20)))
		}
	case "one allocation":
		return send(string(make([]byte, 64<<30)))
	case "time":
		for spin := 0; ; spin++ {
			if spin < 0 {
				spin = 0
			}
		}
	case "stack":
		return send(overflow(0, 1))
	case "panic":
		panic("cannot go on")
	case "talk":
		for {
			if err := send(strings.Repeat("x", 1<<20)); err != nil {
				return err
			}
		}
	}
	for _, part := range []string{request, "and", "done"} {
		if err := send(part); err != nil {
			return err
		}
	}
	return nil
}

// overflow calls itself until the stack ends. It would return where step is 0.
func overflow(n, step int) int {
	if step == 0 {
		return n
	}
	return overflow(n+step, step) + n
}

// newPool returns a pool of children with a limit of time.
func newPool(t *testing.T, limit time.Duration) *Pool {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	pool := NewPool([]string{program, "child"}, Limits{Memory: 128 << 20, Time: limit})
	t.Cleanup(pool.Close)
	return pool
}

// A child that goes on is ended, however slow the machine is.
func TestTime(t *testing.T) {
	err := newPool(t, 10*time.Millisecond).Call("time", func(from *gob.Decoder) (bool, error) { return true, from.Decode(new(string)) })
	var failure *Failure
	if !errors.As(err, &failure) || err.Error() != "it takes longer than 10ms" {
		t.Error(err)
	}
}

// What a child cannot do is an error, and the next request is answered by another child.
func TestCall(t *testing.T) {
	pool := newPool(t, time.Hour)
	tests := []struct{ request, want string }{
		{"hello", ""},
		{"memory", "it takes more than 128 MiB of memory"},
		{"again", ""},
		{"one allocation", "its process ended: "},
		{"stack", "its process ended: runtime: goroutine stack exceeds"},
		{"panic", "its process ended: panic: cannot go on"},
		{"talk", "it makes more than 32 MiB of values"},
		{"and again", ""},
	}
	for _, test := range tests {
		var parts []string
		err := pool.Call(test.request, func(from *gob.Decoder) (bool, error) {
			var part string
			err := from.Decode(&part)
			if test.request != "talk" {
				parts = append(parts, part)
			}
			return part == "done", err
		})
		if test.want == "" {
			if got := strings.Join(parts, " "); err != nil || got != test.request+" and done" {
				t.Errorf("%s: %q, %v", test.request, got, err)
			}
			continue
		}
		var failure *Failure
		if !errors.As(err, &failure) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.request, err, test.want)
		}
	}
}
