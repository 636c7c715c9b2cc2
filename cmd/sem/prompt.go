package main

import (
	"errors"
	"io"
	"os"

	"github.com/charmbracelet/huh"
	"github.com/spf13/cobra"

	"sem.example/internal/output"
	"sem.example/internal/recipe"
)

// errAborted says that the user broke off the questions.
var errAborted = errors.New("cancelled: no files written")

// interactive reports whether there is somebody to ask.
func interactive(cmd *cobra.Command) bool {
	in, isWriter := cmd.InOrStdin().(io.Writer) // a file is a writer, too
	if !isWriter {
		return false
	}
	_, reads := output.Terminal(in)
	_, writes := output.Terminal(cmd.ErrOrStderr())
	return reads && writes
}

// prompt asks for the parameters that are required and missing, and takes only answers that fit. The questions are on
// standard error, for standard output is what is written. ACCESSIBLE=1 asks line by line, for screen readers.
func prompt(cmd *cobra.Command, r *recipe.Recipe, values map[string]string) error {
	var fields []huh.Field
	answers := map[string]*string{}
	for i := range r.Params {
		p := &r.Params[i]
		if _, said := values[p.Name]; said || !p.Required {
			continue
		}
		answers[p.Name] = new(string)
		fields = append(fields, huh.NewInput().Title("--"+p.Name).Description(p.Plain()).Value(answers[p.Name]).
			Validate(func(answer string) error { return r.Check(p, answer) }))
	}
	if len(fields) == 0 {
		return nil
	}
	form := huh.NewForm(huh.NewGroup(fields...).Title(r.Summary)).WithInput(cmd.InOrStdin()).WithOutput(cmd.ErrOrStderr()).
		WithAccessible(os.Getenv("ACCESSIBLE") != "" || os.Getenv("TERM") == "dumb")
	if err := form.Run(); errors.Is(err, huh.ErrUserAborted) {
		return errAborted
	} else if err != nil {
		return err
	}
	for name, answer := range answers {
		values[name] = *answer
	}
	return nil
}
