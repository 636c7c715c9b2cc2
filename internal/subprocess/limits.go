package subprocess

import (
	"fmt"
	"time"
)

// Limits bound what one answer may cost.
type Limits struct {
	Memory int64         // bytes of a child
	Time   time.Duration // for each part of an answer
}

// A Failure is why a child gave no answer.
type Failure struct {
	Limits Limits
	Exit   int    // code of the child; -1 where a signal ended it
	Detail string // the first line that the child wrote to standard error
}

// The exit codes of a child that reaches a limit. Go itself ends a process with 2.
const (
	exitMemory = 41
	exitTime   = 42
	exitReply  = 43 // no child ends with it: the parent stops reading
)

// reply is how many bytes a reply may have: a child that says more than it needs memory for would fill that of the parent.
func (l Limits) reply() int64 { return l.Memory / 4 }

// Error reports what the child ran out of.
func (f *Failure) Error() string {
	switch f.Exit {
	case exitMemory:
		return fmt.Sprintf("it takes more than %d MiB of memory", f.Limits.Memory>>20)
	case exitTime:
		return fmt.Sprintf("it takes longer than %s", f.Limits.Time)
	case exitReply:
		return fmt.Sprintf("it makes more than %d MiB of values", f.Limits.reply()>>20)
	}
	if f.Detail == "" {
		return "its process was ended"
	}
	return "its process ended: " + f.Detail
}
