package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sem.example/internal/lsp"
	"sem.example/internal/pipeline"
	"sem.example/validate"
)

const lspHelp = `Lsp serves an editor over standard input and output, by the Language Server
Protocol. It reports what 'sem validate' finds while you type, in YAML, JSON and
CUE files, and fixes it; it completes fields, values and names, shows what they
are, goes from a host, subset, gateway or delegate to its definition and
references, and says above each rule which tests reach it.

The editor names the folder to read; PATHs are relative to it (default: all of
it). Settings are read from the nearest .sem.yaml, as by the commands. Nothing
is written and no network is used. docs/editors.md has the settings of editors.`

const lspExample = `  # what an editor runs
  sem lsp

  # only a part of the repository
  sem lsp mesh/ gateways/`

func newLSP() *cobra.Command {
	return &cobra.Command{
		Use:     "lsp [flags] [PATH...]",
		Short:   "Serve editors over the Language Server Protocol",
		Long:    lspHelp,
		Example: lspExample,
		RunE:    serveLSP,
	}
}

func serveLSP(cmd *cobra.Command, paths []string) error {
	flags, err := settingsFromHere(cmd)
	if err != nil {
		return err
	}
	server := &lsp.Server{Version: semVersion(), Configure: func(folder string) (lsp.Config, error) {
		if err := os.Chdir(folder); err != nil {
			return lsp.Config{}, err
		}
		return editorConfig(flags, paths)
	}}
	return server.Serve(cmd.Context(), stdio{cmd.InOrStdin(), cmd.OutOrStdout()})
}

// settingsFromHere are the flags of [sameSettings], for a process that changes its folder.
func settingsFromHere(cmd *cobra.Command) ([]string, error) {
	name, _ := cmd.Flags().GetString("config")
	if name == "" {
		return sameSettings(cmd), nil
	}
	full, err := filepath.Abs(name)
	return []string{"--config=" + full}, err
}

// editorConfig is what "sem validate" reads in the current folder, and how it judges it.
func editorConfig(flags, paths []string) (lsp.Config, error) {
	c := new(validateCommand)
	cmd := c.command()
	newRoot().AddCommand(cmd)
	if err := cmd.ParseFlags(flags); err != nil {
		return lsp.Config{}, err
	}
	settings, err := applySettings(cmd)
	if err != nil {
		return lsp.Config{}, err
	}
	policy, err := c.wanted(settings.Policy)
	if err != nil {
		return lsp.Config{}, err
	}
	opts, err := c.inputs.options(cmd, paths)
	if err != nil {
		return lsp.Config{}, err
	}
	how := pipeline.ValidateOptions{Each: c.each, Registry: validate.Registry(c.registry), Policy: policy}
	config := lsp.Config{Options: opts, Validate: how, Tests: true, Found: settings.Found}
	if c.baseline != "" {
		config.Baseline, err = baseline(c.baseline, opts, how)
	}
	return config, err
}

// stdio is the connection with the program that started this one.
type stdio struct {
	io.Reader
	io.Writer
}

// Close closes both ends, if they can be closed.
func (s stdio) Close() error {
	var errs []error
	for _, end := range []any{s.Reader, s.Writer} {
		if c, ok := end.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}
