package pipeline

import (
	"slices"
	"testing"
	"unicode/utf8"

	"sem.example/internal/diag"
)

// An ID names one check, whichever package it lives in.
func TestCheckIDs(t *testing.T) {
	titles := map[string]string{}
	for _, c := range Checks() {
		if first, taken := titles[c.ID]; taken {
			t.Errorf("%s is both %q and %q", c.ID, first, c.Title)
		}
		titles[c.ID] = c.Title
		if width := utf8.RuneCountInString(c.Title); width > 63 { // with ID and severity, a line of "sem checks" has 80 columns
			t.Errorf("%s: the title %q has %d characters; it may have 63", c.ID, c.Title, width)
		}
	}
}

// Every check names the decision about a call that its findings explain, or that they explain none.
func TestCheckStages(t *testing.T) {
	for _, c := range Checks() {
		switch {
		case c.Stage == diag.NoStage && c.When != "":
			t.Errorf("%s explains no call, and yet only those where %q holds", c.ID, c.When)
		case c.Stage != diag.NoStage && !slices.Contains(diag.Stages, c.Stage):
			t.Errorf("%s (%s) has stage %q: write the decision that its findings explain, or diag.NoStage", c.ID, c.Title, c.Stage)
		}
	}
}
