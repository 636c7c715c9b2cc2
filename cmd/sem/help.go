package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sem.example/internal/lazy"
)

// helpWidth is the width of --help, in columns, whatever the terminal's.
const helpWidth = 80

// helpTitle is the annotation of a flag that holds the title that --help lists it under.
const helpTitle = "help-title"

// everyCommand is the title of the flags that every command has.
const everyCommand = "Every command"

// answerNo is the annotation of a command that says when its exit code is 1. A command without it never answers no.
const answerNo = "answer-no"

// A helpSection is a title and what is under it: flags, or commands.
type helpSection struct {
	title    string
	flags    *pflag.FlagSet
	commands []*cobra.Command
}

// commandOrder lists the commands in the order in which people meet them. A test holds that it names every command.
var commandOrder = []struct {
	title string
	names []string
}{
	{"Questions about configuration", []string{"validate", "trace", "test", "diff", "upgrade", "routes", "graph", "report", "render"}},
	{"Writing configuration", []string{"new", "import", "export", "convert", "collect"}},
	{"Reference", []string{"explain", "checks", "schema", "config", "version"}},
	{"Other programs", []string{"lsp", "mcp", "completion"}},
}

// titled puts the flags that a command has got since the last call under a title, in the order of their declaration.
func titled(cmd *cobra.Command, title string) {
	cmd.Flags().SortFlags = false
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Annotations[helpTitle] == nil {
			cmd.Flags().SetAnnotation(f.Name, helpTitle, []string{title})
		}
		if f.Value.Type() == "stringToString" && f.DefValue == "[]" { // pflag takes an empty map for a default worth telling
			f.DefValue = ""
		}
	})
}

// flagSections are the flags of a command under their titles, then those that every command has.
func flagSections(cmd *cobra.Command) []helpSection {
	var out []helpSection
	add := func(title string, f *pflag.Flag) {
		at := slices.IndexFunc(out, func(s helpSection) bool { return s.title == title })
		if at < 0 {
			at = len(out)
			out = append(out, helpSection{title: title, flags: pflag.NewFlagSet("", pflag.ContinueOnError)})
			out[at].flags.SortFlags = false
		}
		out[at].flags.AddFlag(f)
	}
	cmd.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		switch title := f.Annotations[helpTitle]; {
		case f.Hidden || f.Name == "help":
		case cmd.PersistentFlags().Lookup(f.Name) == f:
			add(everyCommand, f)
		case title == nil:
			add("Flags", f)
		default:
			add(title[0], f)
		}
	})
	cmd.InheritedFlags().VisitAll(func(f *pflag.Flag) { add(everyCommand, f) })
	return out
}

// commandSections are the commands below one, the hidden ones left out.
func commandSections(cmd *cobra.Command) []helpSection {
	rest := slices.DeleteFunc(slices.Clone(cmd.Commands()), func(c *cobra.Command) bool {
		return !c.IsAvailableCommand() || c.Name() == "help"
	})
	if cmd.HasParent() {
		return []helpSection{{title: "Commands", commands: rest}}
	}
	var out []helpSection
	for _, want := range commandOrder {
		s := helpSection{title: want.title}
		for _, name := range want.names {
			if at := slices.IndexFunc(rest, func(c *cobra.Command) bool { return c.Name() == name }); at >= 0 {
				s.commands, rest = append(s.commands, rest[at]), slices.Delete(rest, at, at+1)
			}
		}
		out = append(out, s)
	}
	return append(out, helpSection{title: "More", commands: rest})
}

// topicSection lists the pages of 'sem help TOPIC'.
func topicSection(cmd *cobra.Command) helpSection {
	s := helpSection{title: "Topics of 'sem help TOPIC'"}
	for _, c := range cmd.Commands() {
		if c.IsAdditionalHelpTopicCommand() {
			s.commands = append(s.commands, c)
		}
	}
	return s
}

// usage prints the part of --help that follows the command's description, and what 'sem help' is asked for.
func usage(cmd *cobra.Command) error {
	var b strings.Builder
	if cmd.HasExample() {
		fmt.Fprintf(&b, "Examples:\n%s\n\n", cmd.Example)
	}
	if cmd.IsAdditionalHelpTopicCommand() {
		return nil
	}
	use := cmd.UseLine()
	if cmd.HasAvailableSubCommands() && !cmd.Runnable() {
		use = cmd.CommandPath() + " COMMAND"
	}
	fmt.Fprintf(&b, "Usage:\n  %s\n", use)
	for _, s := range append(commandSections(cmd), topicSection(cmd)) {
		if len(s.commands) > 0 {
			fmt.Fprintf(&b, "\n%s:\n", s.title)
		}
		width := 12
		for _, c := range s.commands {
			width = max(width, len(c.Name()))
		}
		for _, c := range s.commands {
			hang(&b, fmt.Sprintf("  %-*s ", width, c.Name()), c.Short)
		}
	}
	for _, s := range flagSections(cmd) {
		fmt.Fprintf(&b, "\n%s:\n%s", s.title, optionalValues(s.flags.FlagUsagesWrapped(helpWidth)))
	}
	if cmd.Runnable() {
		b.WriteString("\nExit codes:\n")
		for _, row := range exitCodes(cmd) {
			code, means, _ := strings.Cut(row, "  ")
			hang(&b, "  "+code+"  ", means)
		}
	}
	_, err := fmt.Fprint(cmd.OutOrStderr(), b.String())
	return err
}

// optionalValue is how pflag shows a flag whose value can be left out.
var optionalValue = lazy.Regexp(` =([A-Z]+)\[="\w+"\]`)

// optionalValues shows the value of a flag that can be left out in brackets, as manuals do. The columns stay where they are.
func optionalValues(usage string) string {
	return optionalValue().ReplaceAllStringFunc(usage, func(found string) string {
		value := optionalValue().FindStringSubmatch(found)[1]
		return fmt.Sprintf("%-*s", len(found), "[="+value+"]")
	})
}

// hang writes a text behind a lead, and breaks it so that it stays in a column of its own.
func hang(b *strings.Builder, lead, text string) {
	line := lead
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case len(line)+1+len(word) > helpWidth:
			fmt.Fprintln(b, line)
			line = strings.Repeat(" ", len(lead))
		default:
			line += " "
		}
		line += word
	}
	fmt.Fprintln(b, line)
}

// exitCodes returns what each exit code of a command means, in order.
func exitCodes(cmd *cobra.Command) []string {
	const failed = "2  the command failed"
	if no := cmd.Annotations[answerNo]; no != "" {
		return []string{"0  success", "1  " + no, failed}
	}
	return []string{"0  done", failed}
}
