package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sem.example/internal/convert"
	"sem.example/internal/lazy"
	"sem.example/internal/pipeline"
)

const importHelp = `Import converts YAML and JSON to CUE: one field for each resource, constrained
by the definition of its kind, such as schema.#VirtualService. The kind and the
apiVersion come from the definition and are left out.

Comments and formatting are not kept; 'sem export' converts back. The input
files are not changed.`

const importExample = `  # print
  sem import examples/canary

  # one CUE file for each input file, all in one package
  sem import mesh/ --out cue/ --package mesh`

type importCommand struct {
	conversionFlags
	pkg string
}

func newImport() *cobra.Command {
	var c importCommand
	cmd := &cobra.Command{
		Use:         "import [flags] PATH...",
		Short:       "Convert YAML to CUE that uses the schema",
		Long:        importHelp,
		Example:     importExample,
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{answerNo: "the input has errors; nothing is written"},
		RunE:        c.run,
	}
	c.add(cmd)
	cmd.Flags().StringVar(&c.pkg, "package", "", "package `NAME` of the files (default: none; each file is separate)")
	titled(cmd, "Output")
	cmd.AddCommand(newImportTests())
	return cmd
}

var packageName = lazy.Regexp(`^[a-zA-Z][a-zA-Z0-9_]*$`)

func (c *importCommand) run(cmd *cobra.Command, paths []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	opts := c.options(cmd, paths)
	switch {
	case len(opts.Paths) == 0:
		return errors.New("name a file or folder to import, or - for standard input")
	case c.pkg != "" && !packageName().MatchString(c.pkg):
		return fmt.Errorf("--package %q: use letters, digits and underscores, a letter first", c.pkg)
	}
	report, err := pipeline.Read(opts)
	if err != nil {
		return err
	}
	writer := convert.CUEWriter{Package: c.pkg}
	return c.convert(cmd, report, opts.Paths, ".cue", writer.File)
}
