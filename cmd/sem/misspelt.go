package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sem.example/internal/diag"
)

// misspeltFlag adds the nearest flag of the command to the error about an unknown one.
func misspeltFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || len(unknown.GetSpecifiedName()) < 2 {
		return err
	}
	var names []string
	add := func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	cmd.Flags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	if near := diag.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	}
	return fmt.Errorf("%w; '%s --help' lists the flags", err, cmd.CommandPath())
}

// addHelp adds 'sem help', which fails for a topic that does not exist and names the nearest one.
func addHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			c.Run, c.RunE = nil, printHelp
		}
	}
}

func printHelp(cmd *cobra.Command, args []string) error {
	target, _, err := cmd.Root().Find(args)
	if target != nil && err == nil && (len(args) == 0 || target != cmd.Root()) {
		target.InitDefaultHelpFlag()
		return target.Help()
	}
	var names []string
	for _, c := range cmd.Root().Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	begun := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, args[0]) })
	near := diag.Nearest(args[0], names)
	if near == "" && begun >= 0 {
		near = names[begun]
	}
	if near != "" {
		return fmt.Errorf("unknown help topic %q; did you mean %s?", args[0], near)
	}
	return fmt.Errorf("unknown help topic %q; 'sem help' lists the commands and topics", args[0])
}

// meant offers the nearest of the accepted words as a part of an error, or nothing.
func meant(word string, among []string) string {
	if near := diag.Nearest(word, among); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", near)
	}
	return ""
}

// misspeltCommand puts cobra's suggestions for an unknown command on the line of the error. Other errors stay as they are.
func misspeltCommand(err error) error {
	message, suggestions, found := strings.Cut(err.Error(), "\n\nDid you mean this?")
	if !found {
		return err
	}
	return fmt.Errorf("%s; did you mean %s?", message, strings.Join(strings.Fields(suggestions), " or "))
}
