package main

import (
	"github.com/spf13/cobra"

	"sem.example/internal/pipeline"
)

// assumeFlags report whether, and how, the input is completed by what a cluster would add.
type assumeFlags struct{ options pipeline.Assume }

func (f *assumeFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(assumeValue{&f.options}, "assume", "without a value: add Service addresses, Pods and sidecars also to input that was read from a cluster; `=STATEMENT` sets whether a workload has a sidecar: sidecar:NAMESPACE/NAME, no-sidecar:NAMESPACE/NAME or ambient:NAMESPACE/NAME; the name * is the whole namespace (repeatable)")
	flags.Lookup("assume").NoOptDefVal = assumeAll
	flags.BoolVar(&f.options.Nothing, "no-assume", false, "use the input as it is (default: add what a cluster would add to manifests, that is Service addresses, Pods and sidecars, and list it in the result)")
	cmd.MarkFlagsMutuallyExclusive("assume", "no-assume")
}

// assumeAll is the value of --assume by itself.
const assumeAll = "all"

// assumeValue reads the values of --assume.
type assumeValue struct{ options *pipeline.Assume }

func (v assumeValue) String() string { return "" }
func (v assumeValue) Type() string   { return "string" }

func (v assumeValue) Set(text string) error {
	if text == assumeAll {
		v.options.Everything = true
		return nil
	}
	return v.options.State(text)
}

// reportAssumed says on standard error what the resources of a proxy are made of beside the input.
func reportAssumed(cmd *cobra.Command, world *pipeline.World) {
	if c := world.Release; !c.Default {
		say(cmd, "for %s, %s", c.Versions(), c.Because)
	}
	if text := world.AssumedInShort(); text != "" {
		say(cmd, "assuming: %s", text)
	}
}
