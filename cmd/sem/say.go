package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sem.example/internal/output"
)

// say writes a line to standard error. What it quotes of the input is made safe for terminals and logs.
func say(cmd *cobra.Command, format string, args ...any) {
	safe := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			safe[i] = output.Quote(arg)
		case error:
			safe[i] = output.Quote(arg.Error())
		default:
			safe[i] = arg
		}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), format+"\n", safe...)
}

// sayError writes an error to standard error, on a line for each of those that were joined.
func sayError(cmd *cobra.Command, err error) {
	lead := "sem: "
	for _, one := range parts(err) {
		say(cmd, lead+"%s", one)
		lead = ""
	}
}

// parts are the errors that were joined to one.
func parts(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, parts(one)...)
	}
	return all
}
