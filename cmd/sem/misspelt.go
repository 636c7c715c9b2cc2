package main

import (
	"errors"
	"fmt"
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

// misspeltCommand puts cobra's suggestions for an unknown command on the line of the error. Other errors stay as they are.
func misspeltCommand(err error) error {
	message, suggestions, found := strings.Cut(err.Error(), "\n\nDid you mean this?")
	if !found {
		return err
	}
	return fmt.Errorf("%s; did you mean %s?", message, strings.Join(strings.Fields(suggestions), " or "))
}
