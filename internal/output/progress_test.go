package output

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestProgress runs a clock by hand: each second draws the line anew, and the end erases it.
func TestProgress(t *testing.T) {
	var screen bytes.Buffer
	clock := make(chan time.Time)
	released := false
	p := startProgress(&screen, clock, func() { released = true })
	p.Watch("reading files", 3, 10)
	clock <- time.Time{}
	clock <- time.Time{} // taken only after the first is drawn
	p.Done()
	lines := strings.Split(screen.String(), eraseLine)
	want := []string{"", "reading files 3 of 10 … 1 s", "reading files 3 of 10 … 2 s", ""}
	if strings.Join(lines, "|") != strings.Join(want, "|") || !released {
		t.Errorf("%q, released: %v", lines, released)
	}
}

// A run of less than a second leaves the screen alone.
func TestNoProgress(t *testing.T) {
	var screen bytes.Buffer
	p := startProgress(&screen, nil, func() {})
	p.Watch("reading files", 1, 1)
	p.Done()
	if screen.Len() > 0 {
		t.Errorf("%q", screen.String())
	}
	none := StartProgress(&screen) // no terminal
	none.Watch("reading files", 1, 1)
	none.Done()
	if none != nil {
		t.Error("a buffer is taken for a terminal")
	}
}
