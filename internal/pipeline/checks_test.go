package pipeline

import "testing"

// An ID names one check, whichever package it lives in.
func TestCheckIDs(t *testing.T) {
	titles := map[string]string{}
	for _, c := range Checks() {
		if first, taken := titles[c.ID]; taken {
			t.Errorf("%s is both %q and %q", c.ID, first, c.Title)
		}
		titles[c.ID] = c.Title
	}
}
