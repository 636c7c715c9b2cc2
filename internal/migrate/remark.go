package migrate

import (
	"slices"

	"sem.example/internal/config"
)

// A Level says what a remark means for requests.
type Level string

// The levels.
const (
	Lost    Level = "lost"    // a field has no counterpart: what it did is gone
	Changed Level = "changed" // a field has a counterpart that does not mean quite the same
	Assumed Level = "assumed" // the input does not say it
	Kept    Level = "kept"    // a resource stays as it is
)

// A Remark is about a field.
type Remark struct {
	Level   Level
	At      config.Place
	Message string
}

var levels = []Level{Lost, Changed, Assumed, Kept}

// remarks are gathered while resources are written.
type remarks struct{ list []Remark }

// remark adds a remark, once.
func (c *remarks) remark(level Level, at config.Place, message string) {
	if r := (Remark{level, at, message}); !slices.Contains(c.list, r) {
		c.list = append(c.list, r)
	}
}

func (c *remarks) lost(at config.Place, message string)    { c.remark(Lost, at, message) }
func (c *remarks) changed(at config.Place, message string) { c.remark(Changed, at, message) }
