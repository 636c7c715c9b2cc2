package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sem.example/internal/recipe"
)

// TestCLIPage holds docs/cli.md to the commands that it documents.
func TestCLIPage(t *testing.T) {
	golden(t, filepath.Join("..", "..", "docs", "cli.md"), cliPage())
}

// golden holds a file to what it should be, or rewrites it with -update.
func golden(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), want); diff != "" {
		t.Errorf("%s is stale: run 'make golden' and commit what it writes (-have +want):\n%s", filepath.Base(file), diff)
	}
}

const cliIntro = `# Commands

What ` + "`sem COMMAND --help`" + ` says, on one page. It is made from the commands themselves.

Every command takes files and folders in the same form and has the same exit codes for every format. Flags that choose what is
read and how it is judged and shown can be set in [.sem.yaml](config.md). With a machine format, standard output holds that one
document and nothing else, even on failure; everything else is on standard error.
`

// cliPage is the reference of all commands but the hidden ones, in Markdown.
func cliPage() string {
	root := newRoot(recipe.All()...)
	root.InitDefaultCompletionCmd()
	var b strings.Builder
	b.WriteString(cliIntro)
	for _, s := range commandSections(root) {
		if len(s.commands) > 0 {
			fmt.Fprintf(&b, "\n**%s**\n\n", s.title)
		}
		for _, c := range s.commands {
			fmt.Fprintf(&b, "- [%s](#%s): %s\n", c.CommandPath(), anchor(c.CommandPath()), c.Short)
		}
	}
	fmt.Fprintf(&b, "\n## %s\n", everyCommand)
	for _, s := range flagSections(root) {
		flagTable(&b, s.flags)
	}
	for _, s := range commandSections(root) {
		for _, c := range s.commands {
			commandPart(&b, c)
		}
	}
	return b.String()
}

// commandPart writes about a command, then about those below it.
func commandPart(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n%s.\n\n```\n%s\n```\n", c.CommandPath(), c.Short, c.UseLine())
	markdown(b, strings.TrimPrefix(c.Long, c.Short+".\n"))
	if c.HasExample() {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", strings.ReplaceAll(strings.TrimPrefix(c.Example, "  "), "\n  ", "\n"))
	}
	for _, s := range flagSections(c) {
		if s.title != everyCommand {
			fmt.Fprintf(b, "\n**%s**\n", s.title)
			flagTable(b, s.flags)
		}
	}
	if c.Runnable() {
		b.WriteString("\n**Exit codes**\n\n| code | meaning |\n| --- | --- |\n")
		for _, row := range exitCodes(c) {
			code, means, _ := strings.Cut(row, "  ")
			fmt.Fprintf(b, "| %s | %s |\n", code, means)
		}
	}
	if c.Name() == "completion" {
		return // what cobra says of each shell is for the terminal
	}
	for _, s := range commandSections(c) {
		for _, sub := range s.commands {
			commandPart(b, sub)
		}
	}
}

// markdown writes the text of --help: paragraphs as they are, what is indented as a block.
func markdown(b *strings.Builder, text string) {
	for _, part := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if strings.HasPrefix(part, "  ") {
			part = "```\n" + strings.ReplaceAll(strings.TrimPrefix(part, "  "), "\n  ", "\n") + "\n```"
		}
		if part != "" {
			fmt.Fprintf(b, "\n%s\n", part)
		}
	}
}

// flagTable writes a row for each flag.
func flagTable(b *strings.Builder, flags *pflag.FlagSet) {
	b.WriteString("\n| flag | meaning |\n| --- | --- |\n")
	flags.VisitAll(func(f *pflag.Flag) {
		name, about := pflag.UnquoteUsage(f)
		flag := strings.TrimSpace("--" + f.Name + " " + name)
		if f.Shorthand != "" {
			flag = "-" + f.Shorthand + ", " + flag
		}
		if f.Value.Type() == "string" && f.DefValue != "" {
			about += fmt.Sprintf(" (default: %s)", f.DefValue)
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", flag, strings.ReplaceAll(about, "|", "\\|"))
	})
}

// anchor is the name by which GitHub links to a heading.
func anchor(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// TestHelpWidth holds every --help to the width of a terminal that was not widened.
func TestHelpWidth(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		var out bytes.Buffer
		c.SetOut(&out)
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > helpWidth {
				t.Errorf("%s --help has a line of %d columns: %s", c.CommandPath(), n, line)
			}
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(recipe.All()...))
}

// TestCommandsUnderTitles demands a title in the list of commands for each new command.
func TestCommandsUnderTitles(t *testing.T) {
	sections := commandSections(newRoot(recipe.All()...))
	if last := sections[len(sections)-1]; len(last.commands) > 0 {
		t.Errorf("commandOrder does not name %q", last.commands[0].Name())
	}
}

// TestExamples runs what the examples of the commands show with the meshes under examples.
func TestExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs every example of every command")
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join("..", "..", "examples"))); err != nil {
		t.Fatal(err)
	}
	for _, line := range exampleLines(newRoot(recipe.All()...)) {
		t.Run(line, func(t *testing.T) {
			t.Chdir(dir)
			if out := execute(line); strings.Contains(out, "[exit 2]") || strings.HasPrefix(out, "cannot run") {
				t.Errorf("the example fails:\n%s", out)
			}
		})
	}
}

// exampleLines are the examples of a command and of those below it that need nothing but the meshes under examples.
func exampleLines(c *cobra.Command) []string {
	var out []string
	for _, line := range strings.Split(strings.ReplaceAll(c.Example, "\\\n", ""), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "sem ") && !strings.ContainsAny(line, "|>") && !strings.Contains(line, " - ") && !strings.Contains(line, "git:") && !strings.Contains(line, "mesh/") {
			out = append(out, line)
		}
	}
	for _, sub := range c.Commands() {
		out = append(out, exampleLines(sub)...)
	}
	return out
}
