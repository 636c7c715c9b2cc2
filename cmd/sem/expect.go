package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/lazy"
	"sem.example/simulate"
)

// An expectation is a field of the trace document and the text that it should have.
type expectation struct{ field, want string }

// beginsField is what is before the value of a further expectation.
var beginsField = lazy.Regexp(`^[A-Za-z][A-Za-z0-9.]*=`)

// parseExpect reads the values of --expect, "field=text,field=text". A comma that no field follows belongs to the text.
func parseExpect(values []string) ([]expectation, error) {
	var out []expectation
	for _, value := range values {
		for i, part := range strings.Split(value, ",") {
			switch field, want, _ := strings.Cut(part, "="); {
			case beginsField().MatchString(part):
				out = append(out, expectation{field, want})
			case i == 0:
				return nil, fmt.Errorf("--expect %q: write FIELD=TEXT, as in verdict=DELIVERED or tls.mode=SIMPLE", value)
			default:
				out[len(out)-1].want += "," + part
			}
		}
	}
	for _, e := range out {
		if err := e.possible(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// meets reports whether a trace is as expected, and says on standard error what it is where it differs, as it may be shown.
func meets(cmd *cobra.Command, t, shown *simulate.Trace, expected []expectation) (bool, error) {
	met := true
	for _, e := range expected {
		got, err := t.Field(e.field)
		if err != nil {
			return false, fmt.Errorf("--expect: %w", err)
		}
		if got != e.want {
			met = false
			got, _ = shown.Field(e.field)
			say(cmd, "not as expected: %s: got %q, want %q", e.field, got, e.want)
		}
	}
	return met, nil
}
