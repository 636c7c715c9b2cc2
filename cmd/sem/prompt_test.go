package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"sem.example/internal/recipe"
)

// TestPrompt answers the questions for what is missing, once with something that does not fit.
func TestPrompt(t *testing.T) {
	var asked bytes.Buffer
	cmd := &cobra.Command{}
	cmd.SetIn(iotest.OneByteReader(strings.NewReader("X Tester\nx-tester\nyes\n"))) // as a terminal, a line at a time
	cmd.SetErr(&asked)
	values := map[string]string{"service": "reviews"}
	if err := prompt(cmd, recipe.Named("header-route"), values); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"service": "reviews", "header": "x-tester", "value": "yes"}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, text := range []string{"--header: ", "must be a header name other than host: lower-case letters, digits and dashes", "--value"} {
		if !strings.Contains(asked.String(), text) {
			t.Errorf("nothing is said of %q: %s", text, asked.String())
		}
	}
}

// TestPromptBrokenOff ends the answers before the last question.
func TestPromptBrokenOff(t *testing.T) {
	cmd := &cobra.Command{}
	cmd.SetIn(strings.NewReader("x-tester\n"))
	cmd.SetErr(new(bytes.Buffer))
	if err := prompt(cmd, recipe.Named("header-route"), map[string]string{"service": "reviews"}); !errors.Is(err, errAborted) {
		t.Errorf("prompt: %v, want %v", err, errAborted)
	}
}
