package mcp

import (
	"context"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommand(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	tests := map[string]struct {
		script string
		want   Result
	}{
		"output":    {"echo a; echo b >&2", Result{Stdout: "a\n", Stderr: "b\n"}},
		"exit code": {"exit 2", Result{Exit: 2}},
		"no input":  {"cat", Result{}},
		"no colour": {"echo $NO_COLOR", Result{Stdout: "1\n"}},
		"too much":  {"yes | head -c 1000000", Result{Stdout: strings.Repeat("y\n", limit/2), Cut: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Command(shell)(t.Context(), []string{"-c", test.script})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%.400s", diff)
			}
		})
	}
}

// A client that cancels does not wait for the command.
func TestCommandIsCancelled(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if result, err := Command(shell)(ctx, []string{"-c", "sleep 3600"}); err == nil {
		t.Errorf("a cancelled command answers %v", result)
	}
}

// What is too long for the system is refused with what it is, and so many commands run at once, however many are asked for.
func TestCommandIsBounded(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	run := Command(shell)
	for _, args := range [][]string{{"-c", strings.Repeat("a", maxArgument+1)}, append([]string{"-c"}, slices.Repeat([]string{"true"}, 8*maxArgument)...)} {
		if _, err := run(t.Context(), args); err == nil || !strings.Contains(err.Error(), "is too long") {
			t.Errorf("error %v", err)
		}
	}
	folder := t.TempDir()
	script := `mkdir ` + folder + `/$$; ls ` + folder + ` | wc -l; sleep 0.1; rmdir ` + folder + `/$$`
	var all sync.WaitGroup
	for range 5 * atOnce {
		all.Go(func() {
			result, err := run(t.Context(), []string{"-c", script})
			if n, _ := strconv.Atoi(strings.TrimSpace(result.Stdout)); err != nil || n < 1 || n > atOnce {
				t.Errorf("%d at once, %v", n, err)
			}
		})
	}
	all.Wait()
}
