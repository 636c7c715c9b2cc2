package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestConsoleBlocks runs every "console" block of README, docs and examples, and holds the output shown there to the output
// given. A block is a command after "$ " and what it prints, standard output before standard error; a line "[exit N]" ends
// it where the exit code is not 0.
func TestConsoleBlocks(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs every command of every page")
	}
	t.Chdir(filepath.Join("..", ".."))
	t.Setenv("COLUMNS", "100")
	t.Setenv("NO_COLOR", "1")
	for _, page := range pages(t) {
		t.Run(page, func(t *testing.T) {
			data, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			got := rerun(string(data))
			if *update && got != string(data) {
				if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(data), got); diff != "" {
				t.Errorf("%s shows what is no longer true; 'make golden' rewrites it (-page +run):\n%s", page, diff)
			}
		})
	}
}

// pages lists every Markdown file that may hold console blocks.
func pages(t *testing.T) []string {
	t.Helper()
	found := []string{"README.md"}
	for _, dir := range []string{"docs", "examples"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(name, ".md") {
				found = append(found, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// rerun returns a page with the output of its console blocks replaced by what the commands print now.
func rerun(page string) string {
	const open, shut = "```console\n", "```\n"
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(page, open)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		block, after, _ := strings.Cut(rest, shut)
		out.WriteString(open)
		for _, line := range strings.SplitAfter(block, "\n") {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				out.WriteString(line + execute(strings.TrimSpace(command)))
			}
		}
		out.WriteString(shut)
		page = after
	}
}

// execute runs one command line of a page. Only sem itself is run; "|" and redirections are not understood.
func execute(line string) string {
	args, err := words(line)
	if err != nil || len(args) == 0 || args[0] != "sem" {
		return fmt.Sprintf("cannot run %q here: %v\n", line, err)
	}
	var stdout, stderr bytes.Buffer
	code := run(args[1:], strings.NewReader(""), &stdout, &stderr)
	text := stdout.String() + stderr.String()
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if code != 0 {
		text += fmt.Sprintf("[exit %d]\n", code)
	}
	return text
}

// words splits a command line at spaces, single quotes kept together.
func words(line string) ([]string, error) {
	var out []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	if strings.Count(line, "'")%2 != 0 {
		return nil, fmt.Errorf("unbalanced quote")
	}
	return out, nil
}
