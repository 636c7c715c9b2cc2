package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sem.example/internal/lazy"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/schema"
)

// A completer lists what the word under the cursor may become. It is silent about all that goes wrong: a shell has no place
// for messages.
type completer func(cmd *cobra.Command, args []string, word string) []string

// flagCompleters are those of flags, whatever the command. A flag that is not here, and whose help lists what it takes, is
// completed by that list.
var flagCompleters = map[string]completer{
	"disable":   list(checkIDs),
	"enable":    list(checkIDs),
	"fqdn":      hosts,
	"from":      workloads,
	"gateway":   gateways,
	"kind":      kinds,
	"namespace": namespaces,
	"registry":  oneOf("open", "closed"),
	"request":   oneOf("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
	"service":   services,
	"severity":  severities,
	"subset":    subsets,
}

// argCompleters are those of arguments, by command. Elsewhere arguments are files.
var argCompleters = map[string]completer{
	"sem explain": topics,
	"sem trace":   urls,
}

// folderFlags take a folder, which the shell completes by itself.
var folderFlags = []string{"dir", "check", "certs"}

// completes reports whether the arguments are a shell's question for completion, which cobra answers.
func completes(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// equip gives a command and those below it their completion.
func equip(cmd *cobra.Command) {
	if c := argCompleters[cmd.CommandPath()]; c != nil {
		cmd.ValidArgsFunction = c.cobra
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { equipFlag(cmd, f) })
	cmd.PersistentFlags().VisitAll(func(f *pflag.Flag) { equipFlag(cmd, f) })
	for _, c := range cmd.Commands() {
		equip(c)
	}
}

func equipFlag(cmd *cobra.Command, f *pflag.Flag) {
	if known := offered(f.Usage); len(known) > 0 {
		_ = cmd.RegisterFlagCompletionFunc(f.Name, completer(oneOf(known...)).cobra)
	} else if c := flagCompleters[f.Name]; c != nil {
		_ = cmd.RegisterFlagCompletionFunc(f.Name, c.cobra)
	} else if slices.Contains(folderFlags, f.Name) {
		_ = cmd.MarkFlagDirname(f.Name)
	}
	f.Usage = strings.ReplaceAll(f.Usage, "`", "") // the shell shows it as it is
}

// cobra answers as cobra wants it: what begins with the word, and no files.
func (c completer) cobra(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	_, _ = useSettings(cmd)
	found := slices.DeleteFunc(c(cmd, args, word), func(s string) bool { return !strings.HasPrefix(s, word) || !typable(s) })
	directive := cobra.ShellCompDirectiveNoFileComp
	if len(found) == 1 && strings.ContainsAny(found[0][len(found[0])-1:], "=.") {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return found, directive
}

// typable reports whether a candidate is a word with at most a description. A shell prints it as it is, so a name of the input
// that holds a line break or moves the cursor is not a candidate.
func typable(candidate string) bool {
	for _, part := range strings.SplitN(candidate, "\t", 2) {
		if output.Quote(part) != part {
			return false
		}
	}
	return true
}

var (
	parenthesis = lazy.Regexp(` *\([^)]*\)`)
	choice      = lazy.Regexp(`^[A-Za-z_-]+$`)
)

// offered returns the values that the help of a flag lists at its end, as in "`SEVERITY` that fails: error, warning or none".
// What --help offers is so what the shell offers.
func offered(usage string) []string {
	usage = parenthesis().ReplaceAllString(usage, "")
	_, last, found := strings.Cut(usage, ": ")
	if !found {
		return nil
	}
	values := strings.Split(strings.ReplaceAll(last, " or ", ", "), ", ")
	if slices.ContainsFunc(values, func(v string) bool { return !choice().MatchString(v) }) {
		return nil
	}
	return values
}

// oneOf completes one of a few words.
func oneOf(known ...string) completer {
	return func(*cobra.Command, []string, string) []string { return slices.Clone(known) }
}

// list completes the last item of a list with commas between.
func list(item completer) completer {
	return func(cmd *cobra.Command, args []string, word string) []string {
		before := word[:strings.LastIndex(word, ",")+1]
		found := item(cmd, args, word[len(before):])
		for i := range found {
			found[i] = before + found[i]
		}
		return found
	}
}

// checkIDs completes the ID of a check, with its title.
func checkIDs(*cobra.Command, []string, string) []string {
	var found []string
	for _, c := range pipeline.Checks() {
		found = append(found, c.ID+"\t"+c.Title)
	}
	return found
}

// severities completes CHECK=SEVERITY.
func severities(_ *cobra.Command, _ []string, word string) []string {
	id, _, valued := strings.Cut(word, "=")
	if valued {
		return []string{id + "=error", id + "=warning", id + "=info"}
	}
	var found []string
	for _, c := range pipeline.Checks() {
		found = append(found, c.ID+"=")
	}
	return found
}

// kinds completes a kind of document.
func kinds(*cobra.Command, []string, string) []string { return schema.Kinds() }

// topics completes what can be explained: a check, or a field, step by step.
func topics(cmd *cobra.Command, args []string, word string) []string {
	if len(args) > 0 {
		return nil
	}
	at := strings.LastIndex(word, ".")
	if at < 0 {
		return append(checkIDs(cmd, args, word), fieldNames("", schema.Kinds())...)
	}
	field, err := schema.Explain(word[:at])
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range field.Fields {
		names = append(names, f.Name)
	}
	return fieldNames(word[:at+1], names)
}

// fieldNames are paths of fields below a path that ends with a dot; those of kinds are in lower case, as people type them.
func fieldNames(path string, names []string) []string {
	for i, name := range names {
		if path == "" {
			name = strings.ToLower(name)
		}
		names[i] = path + name
	}
	return names
}
