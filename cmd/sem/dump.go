package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/envoy"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// The stages that dump can print, in the order in which they run.
var stages = []string{"source", "mesh", "view", "snapshot", "origins"}

// newDump prints the value between two stages. It is for those who work on sem, and hidden from the others.
func newDump() *cobra.Command {
	var inputs inputFlags
	var proxy proxyFlags
	var stage string
	cmd := &cobra.Command{
		Use:    "dump --stage STAGE [flags] [PATH...]",
		Short:  "Print what one stage hands to the next",
		Hidden: true,
		RunE: func(cmd *cobra.Command, paths []string) error {
			world, err := pipeline.Load(inputs.options(cmd, paths))
			if err != nil {
				return err
			}
			p, err := proxy.proxy(inputs.namespace)
			if err != nil {
				return err
			}
			var buf bytes.Buffer
			if err := dumpStage(&buf, world, stage, p); err != nil {
				return err
			}
			_, err = buf.WriteTo(cmd.OutOrStdout())
			return err
		},
	}
	inputs.add(cmd)
	proxy.add(cmd)
	cmd.Flags().StringVar(&stage, "stage", "source", strings.Join(stages, ", "))
	return cmd
}

func unknownStage(stage string) error {
	return fmt.Errorf("unknown stage %q: use one of %s", stage, strings.Join(stages, ", "))
}

func dumpStage(to *bytes.Buffer, world *pipeline.World, stage string, p simulate.Proxy) error {
	switch stage {
	case "origins":
		c, err := world.Compile(p)
		if err != nil {
			return err
		}
		return dumpOrigins(to, c.Snapshot().Origins)
	}
	return unknownStage(stage)
}

// dumpOrigins prints an address a line, with the fields behind it.
func dumpOrigins(to *bytes.Buffer, origins envoy.Origins) error {
	for _, at := range slices.Sorted(maps.Keys(origins)) {
		fmt.Fprintln(to, at)
		for _, o := range origins[at] {
			place := fmt.Sprintf("%s %s/%s %s", o.Object.Kind, o.Object.Namespace, o.Object.Name, o.Field)
			if o.Doc != nil {
				place = fmt.Sprintf("%s:%d %s", o.Doc.File.Name, o.Doc.At(o.Field).Line, place)
			}
			fmt.Fprintf(to, "  %s %s %s\n", o.Role, place, o.Note)
		}
	}
	return nil
}
