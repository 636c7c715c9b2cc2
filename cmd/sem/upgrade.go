package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/release"
	"sem.example/internal/upgrade"
)

const upgradeHelp = `Upgrade shows what changes for a mesh between two releases of Istio:

  documents  that become valid, invalid or deprecated, and settings that begin
             or cease to act
  resources  that istiod sends to proxies, by the change of Istio behind them
             (docs/releases.md), with one example and the files
  requests   with a different result, as 'sem diff' finds them

Without --from, the old release is the one that the input or the settings file
names. An older release for --to shows what a rollback changes.`

const upgradeExample = `  sem upgrade --from 1.29 --to 1.32 mesh/
  sem upgrade --from 1.30 mesh/ -o markdown

  # keep one behaviour of the old release
  sem upgrade --from 1.30 --to 1.31 mesh/ \
      --istiod-env PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS=false`

type upgradeCommand struct {
	inputs   inputFlags
	from, to string
	out      stringList
	keep     bool
}

func newUpgrade() *cobra.Command {
	var c upgradeCommand
	cmd := &cobra.Command{
		Use:         "upgrade [flags] [PATH...]",
		Short:       "Show what changes for a mesh in another release of Istio",
		Long:        upgradeHelp,
		Example:     upgradeExample,
		Annotations: map[string]string{answerNo: "something changes that you have to decide about: a document, a setting or a request"},
		RunE:        c.run,
	}
	c.inputs.add(cmd)
	addKeepGoing(cmd, &c.keep)
	flags := cmd.Flags()
	names := strings.Join(release.Names(), ", ")
	flags.StringVar(&c.from, "from", "", "Istio `RELEASE` that the mesh runs: "+names+" (default: the one that the input names)")
	flags.StringVar(&c.to, "to", release.Names()[0], "Istio `RELEASE` that it is to run")
	titled(cmd, "Scope")
	flags.VarP(&c.out, "output", "o", "`FORMAT` or FORMAT=FILE: text, json or markdown (repeatable)")
	titled(cmd, "Output")
	for _, name := range []string{"from", "to"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(release.Names(), cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

func (c *upgradeCommand) run(cmd *cobra.Command, paths []string) error {
	if cmd.Flags().Changed("istio") {
		return errors.New("--istio is not for upgrade: use --from and --to")
	}
	if _, err := useSettings(cmd); err != nil {
		return err
	}
	outputs, err := parseOutputs(c.out.values, []string{"text", "json", "markdown"})
	if err != nil {
		return err
	}
	from, to, err := c.sides(cmd, paths)
	if err != nil {
		return err
	}
	report, err := upgrade.Compare(from, to)
	if err != nil {
		return err
	}
	report.Unread = output.Places(from.World.Found.Unread())
	report.Unmodelled = from.World.Release.NotModelled
	err = emit(cmd, outputs, func(format string, look output.Look, to *bytes.Buffer) error {
		switch format {
		case "json":
			return output.JSON(to, report)
		case "markdown":
			return output.UpgradeMarkdown(to, report)
		}
		return output.UpgradeText(to, report, look)
	})
	if err == nil && report.Summary.Decide > 0 {
		return errNo
	}
	return err
}

// whole refuses an input without resources, or with parts that could not be read. Other findings are in the report.
func (c *upgradeCommand) whole(cmd *cobra.Command, world *pipeline.World) error {
	unread := world.Found.Unread()
	if len(world.Objects) == 0 {
		return refuse(cmd, world, c.keep)
	}
	reportFindings(cmd, unread, diag.Error)
	if c.keep {
		return nil
	}
	return notWhole(unread)
}

// sides builds the mesh for both releases.
func (c *upgradeCommand) sides(cmd *cobra.Command, paths []string) (from, to upgrade.Side, err error) {
	opts, err := c.inputs.options(cmd, paths)
	if err != nil {
		return from, to, err
	}
	if c.from != "" {
		opts.ReleaseBy = "set by --from"
		if opts.Release, err = opts.Release.As(c.from); err != nil {
			return from, to, fmt.Errorf("--from: %w", err)
		}
	}
	if from.World, err = load(cmd, opts); err != nil {
		return from, to, err
	}
	if names := from.World.Worlds(); len(names) > 1 && c.inputs.worlds.name == "" {
		return from, to, choose("the input has several worlds", names)
	}
	if err := c.whole(cmd, from.World); err != nil {
		return from, to, err
	}
	old := from.World.Release
	if c.from == "" && old.Default {
		return from, to, errors.New("the input does not name the Istio release that it runs: use --from")
	}
	asked, err := opts.Release.As(c.to)
	if err != nil {
		return from, to, fmt.Errorf("--to: %w", err)
	}
	if asked.String() == old.String() {
		return from, to, fmt.Errorf("the mesh runs Istio %s already, %s: name another release with --to", old, old.Because)
	}
	if to.World, err = from.World.As(asked, "set by --to"); err != nil {
		return from, to, err
	}
	for _, side := range []*upgrade.Side{&from, &to} {
		o := opts
		o.Release, o.ReleaseBy = side.World.Release.Release, side.World.Release.Because
		report, err := pipeline.Validate(o, pipeline.ValidateOptions{})
		if err != nil {
			return from, to, err
		}
		side.Findings = report.Findings
		if side.World, _, err = side.World.Admitted(); err != nil {
			return from, to, err
		}
	}
	return from, to, nil
}
