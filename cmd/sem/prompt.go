package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

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

// prompt asks for the parameters that are required and missing, a line each, until an answer fits. The questions are on standard
// error, for standard output is what is written.
func prompt(cmd *cobra.Command, r *recipe.Recipe, values map[string]string) error {
	answers := bufio.NewScanner(cmd.InOrStdin())
	for i := range r.Params {
		p := &r.Params[i]
		if _, said := values[p.Name]; said || !p.Required {
			continue
		}
		answer, err := ask(cmd.ErrOrStderr(), answers, r, p)
		if err != nil {
			return err
		}
		values[p.Name] = answer
	}
	return nil
}

// ask asks for one parameter. The end of the answers, Ctrl-D on a terminal, breaks off.
func ask(w io.Writer, answers *bufio.Scanner, r *recipe.Recipe, p *recipe.Param) (string, error) {
	fmt.Fprintf(w, "--%s: %s\n", p.Name, p.Plain())
	for {
		fmt.Fprint(w, "> ")
		if !answers.Scan() {
			fmt.Fprintln(w)
			return "", cmp.Or(answers.Err(), errAborted)
		}
		answer := strings.TrimSpace(answers.Text())
		err := r.Check(p, answer)
		if err == nil {
			return answer, nil
		}
		fmt.Fprintln(w, err)
	}
}
