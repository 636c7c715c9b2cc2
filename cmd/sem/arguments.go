package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// arguments accepts least to most arguments. The error for fewer or more shows how the command is called.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		_, operands, _ := strings.Cut(cmd.Use, " ")
		usage := strings.TrimSpace(cmd.CommandPath() + " " + operands)
		switch {
		case len(args) < least:
			return fmt.Errorf("an argument is missing: the usage is %s", usage)
		case most == 0 && len(args) > 0:
			return fmt.Errorf("unexpected argument %q: %s takes none", args[0], cmd.CommandPath())
		case len(args) > most:
			return fmt.Errorf("unexpected argument %q: the usage is %s", args[most], usage)
		}
		return nil
	}
}
