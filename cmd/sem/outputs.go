package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/output"
)

// An outputFile is one "-o FORMAT" or "-o FORMAT=FILE".
type outputFile struct {
	format string
	file   string // "" is standard output
}

// parseOutputs reads the values of -o; none means text. known lists the formats of the command; nil allows any.
func parseOutputs(values, known []string) ([]outputFile, error) {
	if len(values) == 0 {
		values = []string{"text"}
	}
	var outputs []outputFile
	stdout := 0
	for _, v := range values {
		format, file, _ := strings.Cut(v, "=")
		if known != nil && !slices.Contains(known, format) {
			return nil, fmt.Errorf("unknown output format %q%s: use one of %s", format, meant(format, known), strings.Join(known, ", "))
		}
		if file == "" {
			stdout++
		}
		outputs = append(outputs, outputFile{format: format, file: file})
	}
	if stdout > 1 {
		return nil, fmt.Errorf("only one format can go to standard output: write the others to files, as in -o %s=FILE", outputs[0].format)
	}
	return outputs, nil
}

func machineOnStdout(outputs []outputFile) bool {
	return slices.ContainsFunc(outputs, func(t outputFile) bool { return t.file == "" && t.format != "text" })
}

// emit writes each output whole: to standard output, or to a file that is replaced at once, so that a failure leaves no
// half-written file behind.
func emit(cmd *cobra.Command, outputs []outputFile, print func(format string, look output.Look, to *bytes.Buffer) error) error {
	for _, t := range outputs {
		var buf bytes.Buffer
		var look output.Look
		if t.file == "" {
			look = lookOf(cmd)
		}
		if err := print(t.format, look, &buf); err != nil {
			return err
		}
		if t.file == "" {
			text := buf.Bytes()
			if t.format == "text" && look.Terminal {
				text = []byte(output.Fold(buf.String(), look))
			}
			if _, err := cmd.OutOrStdout().Write(text); err != nil {
				return err
			}
			continue
		}
		if err := writeThrough(t.file, buf.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// lookOf decides how text on standard output looks. Colour is for terminals, unless --color, CLICOLOR_FORCE or NO_COLOR say
// otherwise. A pager has the width of the terminal, which standard error or standard input still has.
func lookOf(cmd *cobra.Command) output.Look {
	columns, terminal := output.Terminal(cmd.OutOrStdout())
	if output.Piped(cmd.OutOrStdout()) {
		for _, stream := range []any{cmd.ErrOrStderr(), cmd.InOrStdin()} {
			if n, ok := output.Terminal(stream); ok {
				columns = n
				break
			}
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		columns = n
	}
	mode, _ := cmd.Flags().GetString("color")
	look := output.Look{Width: columns, Terminal: terminal, Color: colored(mode, terminal)}
	if look.Color && hyperlinks(os.Getenv, terminal) {
		look.Link = fileURL
	}
	return look
}

func colored(mode string, terminal bool) bool {
	forced := os.Getenv("CLICOLOR_FORCE")
	switch {
	case mode == "always":
		return true
	case mode == "never", os.Getenv("NO_COLOR") != "", os.Getenv("TERM") == "dumb":
		return false
	case forced != "" && forced != "0":
		return true
	}
	return terminal
}
