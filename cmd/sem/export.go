package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sem.example/internal/convert"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

const exportHelp = `Export writes documents as YAML, or as JSON, in the order in which they are
read: what a CUE package comes to, or what files of any language hold. Each
document is held to the schema of its kind first, and where one is wrong
nothing is written.

As JSON, several documents are one List. Comments are not part of a document.`

const exportExample = `  # what files of any language hold
  sem export examples/authored-in-cue -o json

  # as kubectl takes it
  sem export mesh/ | kubectl apply -f -

  # a file of YAML for each that is read, to be committed
  sem export mesh/ --out manifests --force`

type exportCommand struct {
	conversionFlags
	format string
}

func newExport() *cobra.Command {
	var c exportCommand
	cmd := &cobra.Command{
		Use:         "export [flags] [PATH...]",
		Short:       "Write documents as YAML or JSON, CUE above all",
		Long:        exportHelp,
		Example:     exportExample,
		Annotations: map[string]string{answerNo: "there are errors in the input, and nothing is written"},
		RunE:        c.run,
	}
	c.add(cmd)
	cmd.Flags().StringVarP(&c.format, "output", "o", "yaml", "`FORMAT`: yaml or json")
	titled(cmd, "How it is written")
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
