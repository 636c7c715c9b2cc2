package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestConsoleBlocks runs every "console" block of README, docs and examples, and holds the output shown there to the output
// given. A block is a command after "$ " and what it prints, standard output before standard error; a line "[exit N]" ends
// it where the exit code is not 0. A page that shows files of its own is run where these are (see rerun).
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
			file, err := filepath.Abs(page)
			if err != nil {
				t.Fatal(err)
			}
			if ownFile.Match(data) {
				workplace(t)
			}
			got, err := rerun(string(data), execute)
			if err != nil {
				t.Fatal(err)
			}
			if *update && got != string(data) {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
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

// workplace makes an empty folder the working directory of a test, where the examples can be reached as well.
func workplace(t *testing.T) {
	t.Helper()
	examples, err := filepath.Abs("examples")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.Symlink(examples, "examples"); err != nil {
		t.Fatal(err)
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

// ownFile is the first line of a block that is a file of the page's own: a comment with its name.
var ownFile = regexp.MustCompile("(?m)^```yaml\n# ([a-z0-9._/-]+\\.yaml)\n")

// rerun returns a page with the output of its console blocks replaced by what execute gives for their commands. On the way a
// block of YAML that begins with "# NAME.yaml" becomes that file, and a diff is a patch that changes it.
func rerun(page string, execute func(string) string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(page, "\n```")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		info, rest, _ := strings.Cut(rest, "\n")
		block, after, _ := strings.Cut(rest, "```\n")
		var err error
		switch own := ownFile.FindStringSubmatch("```" + info + "\n" + block); {
		case info == "console":
			block = replay(block, execute)
		case own != nil:
			err = writeOwn(own[1], block)
		case info == "diff":
			err = patch(block)
		}
		if err != nil {
			return "", err
		}
		out.WriteString("\n```" + info + "\n" + block + "```\n")
		page = after
	}
}

// replay returns a console block with what its commands give.
func replay(block string, execute func(string) string) string {
	var out strings.Builder
	for _, line := range strings.SplitAfter(block, "\n") {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			out.WriteString(line + execute(strings.TrimSpace(command)))
		}
	}
	return out.String()
}

func writeOwn(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

// patch applies a diff as readers do, who save it: with 'git apply'. Repositories above the current folder play no part.
func patch(diff string) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	apply := exec.Command("git", "apply", "-")
	apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(here))
	apply.Stdin = strings.NewReader(diff)
	if out, err := apply.CombinedOutput(); err != nil {
		return fmt.Errorf("git apply: %s\n%s", out, diff)
	}
	return nil
}

// execute runs one command line of a page. Only sem itself is run; of the shell's own words "> FILE" is understood.
func execute(line string) string {
	line, file, redirected := strings.Cut(line, " > ")
	args, err := words(line)
	if err != nil || len(args) == 0 || args[0] != "sem" {
		return fmt.Sprintf("cannot run %q here: %v\n", line, err)
	}
	var stdout, stderr bytes.Buffer
	code := run(args[1:], strings.NewReader(""), &stdout, &stderr)
	if redirected {
		if err := writeOwn(file, stdout.String()); err != nil {
			return err.Error() + "\n"
		}
		stdout.Reset()
	}
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
