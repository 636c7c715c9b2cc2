package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sem.example/internal/convert"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

const exportHelp = `Export writes the resources of CUE, YAML or JSON files as YAML or JSON, in
input order. It validates each resource against the schema of its kind first;
if one is invalid, it writes nothing.

As JSON, several resources are one List. Comments are not exported.`

const exportExample = `  # the resources of a CUE package as JSON
  sem export examples/authored-in-cue -o json

  # apply them
  sem export mesh/ | kubectl apply -f -

  # one YAML file for each input file, to commit
  sem export mesh/ --out manifests --force`

type exportCommand struct {
	conversionFlags
	format string
}

func newExport() *cobra.Command {
	var c exportCommand
	cmd := &cobra.Command{
		Use:         "export [flags] [PATH...]",
		Short:       "Convert CUE to YAML or JSON",
		Long:        exportHelp,
		Example:     exportExample,
		Annotations: map[string]string{answerNo: "the input has errors; nothing is written"},
		RunE:        c.run,
	}
	c.add(cmd)
	cmd.Flags().StringVarP(&c.format, "output", "o", "yaml", "`FORMAT`: yaml or json")
	titled(cmd, "Output")
	return cmd
}

// exportFormats are the languages that documents are exported to.
var exportFormats = map[string]func([]*source.Document) []byte{"yaml": convert.YAML, "json": convert.JSON}

func (c *exportCommand) run(cmd *cobra.Command, paths []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	write := exportFormats[c.format]
	if write == nil {
		return fmt.Errorf("unknown output format %q: use yaml or json", c.format)
	}
	opts := c.options(cmd, paths)
	report, err := pipeline.ReadShaped(opts)
	if err != nil {
		return err
	}
	return c.convert(cmd, report, opts.Paths, "."+c.format, write)
}
