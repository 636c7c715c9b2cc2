package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sem.example/internal/diff"
	"sem.example/internal/migrate"
	"sem.example/internal/output"
)

const convertHelp = `Convert writes VirtualServices and Gateways as resources of the Gateway API, and
subsets of DestinationRules as Services, and TLS of them as BackendTLSPolicies.
Other settings of DestinationRules need no change: Istio applies them to routes
of the Gateway API too.

It reports each field that does not carry over, or means something else there,
and compares the results of all requests before and after, as 'sem diff' does:
they are proven equal, or a request shows a difference. It changes no file.`

const convertExample = `  # what would change?
  sem convert --to gateway-api mesh/

  # write the resources
  sem convert --to gateway-api mesh/ -o yaml=gateway-api.yaml -o text`

type convertCommand struct {
	inputs inputFlags
	to     string
	out    stringList
	keep   bool
	search diff.Limits
}

func newConvert() *cobra.Command {
	var c convertCommand
	cmd := &cobra.Command{
		Use:         "convert --to gateway-api [flags] [PATH...]",
		Short:       "Write VirtualServices and Gateways in the Gateway API",
		Long:        convertHelp,
		Example:     convertExample,
		Annotations: map[string]string{answerNo: "a field does not carry over, or a request has or may have a different result"},
		RunE:        c.run,
	}
	flags := cmd.Flags()
	flags.StringVar(&c.to, "to", "", "`API` to write: gateway-api (required)")
	titled(cmd, "Scope")
	c.inputs.add(cmd)
	addKeepGoing(cmd, &c.keep)
	addSearchLimit(cmd, &c.search)
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: text, yaml (the resources) or json (repeatable)")
	titled(cmd, "Output")
	return cmd
}

func (c *convertCommand) run(cmd *cobra.Command, paths []string) error {
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	switch c.to {
	case "gateway-api":
	case "":
		return errors.New("--to is required: use --to gateway-api")
	default:
		return fmt.Errorf("--to %s: use gateway-api", c.to)
	}
	outputs, err := parseOutputs(c.out.values, []string{"text", "yaml", "json"})
	if err != nil {
		return err
	}
	report, err := c.report(cmd, paths)
	if err != nil {
		return err
	}
	err = emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
		switch format {
		case "json":
			return output.JSON(to, report)
		case "yaml":
			_, err := to.Write(report.YAML())
			return err
		}
		return output.ConversionText(to, report, look)
	})
	if err == nil && !report.Whole() {
		err = errNo
	}
	return err
}

func (c *convertCommand) report(cmd *cobra.Command, paths []string) (*migrate.Report, error) {
	opts, err := c.inputs.options(cmd, paths)
	if err != nil {
		return nil, err
	}
	world, err := load(cmd, opts)
	if err != nil {
		return nil, err
	}
	if err := refuse(cmd, world, c.keep); err != nil {
		return nil, err
	}
	unread := output.Places(world.Found.Unread())
	if world, err = oneWorld(cmd, world, c.inputs.worlds.name); err != nil {
		return nil, err
	}
	report, err := migrate.Prove(world, c.search)
	if err == nil {
		report.Diff.Unread = unread
	}
	return report, err
}
