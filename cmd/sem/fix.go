package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/fix"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/quote"
	"sem.example/internal/source"
)

// fix validates and fixes what it can, in memory. The report is that of the fixed files.
func (c *validateCommand) fix(cmd *cobra.Command, opts pipeline.Options) (*diag.Report, []*fix.File, error) {
	if slices.Contains(opts.Paths, "-") {
		return nil, nil, errors.New("--fix edits files: save the standard input to a file, and name that")
	}
	var report *diag.Report
	validate := func(edited map[string][]byte) (found []*diag.Diagnostic, err error) {
		opts.Edited = edited
		if report, err = c.validate(cmd, opts); err == nil {
			found, report.Edited = c.fixable(report), true
		}
		return found, err
	}
	files, err := fix.Repeat(validate, func(f *source.File) bool { return within(opts.Paths, f.Name) })
	return report, files, err
}

// fixable are the findings to fix. Where only a part of the input is judged, or hosts are judged in another way than by default, a
// suppression may be for the rest.
func (c *validateCommand) fixable(report *diag.Report) []*diag.Diagnostic {
	whole := c.inputs.worlds.name == "" && !c.each && c.registry == ""
	var found []*diag.Diagnostic
	for i := range report.Findings {
		if d := &report.Findings[i]; d.Fixable() && (whole || d.Check != diag.UselessSuppression) {
			found = append(found, d)
		}
	}
	return found
}

// within reports whether a file is a regular one that some paths lead to without links.
func within(paths []string, name string) bool {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || system(name) {
		return false
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	return slices.ContainsFunc(paths, func(path string) bool {
		rest, err := filepath.Rel(path, name)
		return err == nil && filepath.IsLocal(rest) && notLinked(path, name) == nil
	})
}

// writeFixed writes fixed files, and names each on standard error.
func (c *validateCommand) writeFixed(cmd *cobra.Command, files []*fix.File) error {
	var errs []error
	for _, f := range files {
		if err := overwrite(f); err != nil {
			errs = append(errs, fmt.Errorf("%s is not fixed: %w", f.Name, err))
		} else if !c.quiet {
			fmt.Fprintf(cmd.ErrOrStderr(), "fixed %s: %s\n", output.Quote(f.Name), counted(f.Fixed))
		}
	}
	return errors.Join(errs...)
}

// overwrite writes a fixed file, unless it is not as it was read.
func overwrite(f *fix.File) error {
	info, err := os.Lstat(f.Name)
	if err != nil {
		return err
	}
	now, err := source.ReadRegular(f.Name, int64(len(f.Before)))
	if err != nil || !info.Mode().IsRegular() || !bytes.Equal(now, f.Before) {
		return errors.New("it has changed since it was read")
	}
	return replaceFile(f.Name, f.After, info.Mode().Perm())
}

// counted lists checks with the number of their findings.
func counted(fixed map[string]int) string {
	var parts []string
	for id, n := range fixed {
		parts = append(parts, fmt.Sprintf("%s (%d)", id, n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// printPatch prints fixes for git apply, which takes names as seen from the current folder. A patch is printed as it is or not at
// all: git cannot apply one whose text is escaped.
func printPatch(cmd *cobra.Command, files []*fix.File) error {
	var patch bytes.Buffer
	for _, f := range files {
		text := fix.Patch(fromHere(f.Name), f.Before, f.After)
		if !printable(text) {
			say(cmd, "%s is not in the patch: lines beside its fixes have invisible characters, or text that a CI system takes for a command. "+
				"Use --fix without --diff.", f.Name)
			continue
		}
		patch.Write(text)
	}
	_, err := cmd.OutOrStdout().Write(patch.Bytes())
	return err
}

// printable reports whether a patch can reach a terminal or a log as it is.
func printable(patch []byte) bool {
	text := strings.ReplaceAll(string(patch), "\r\n", "\n")
	unsafe := func(r rune) bool { return r != '\n' && r != '\t' && quote.Unsafe(r) }
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unsafe) && !quote.Starts(text)
}

// fromHere is the name of a file as seen from the current folder, with slashes.
func fromHere(name string) string {
	here, err := os.Getwd()
	full, failed := filepath.Abs(name)
	if rel, wrong := filepath.Rel(here, full); err == nil && failed == nil && wrong == nil {
		name = rel
	}
	return filepath.ToSlash(name)
}
