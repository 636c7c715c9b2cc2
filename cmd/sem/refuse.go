package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// refuse names the mistakes of the input on standard error, and refuses to answer where a part of the input could not be read: an
// answer without it could be wrong. With keepGoing it is answered all the same. An input without objects is a mesh without rules, but
// not where a finding says why it has none.
func refuse(cmd *cobra.Command, world *pipeline.World, keepGoing bool) error {
	if len(world.Objects) == 0 {
		reportFindings(cmd, world.Found, diag.Info) // why there is nothing may be no mistake by itself
		if len(world.Found) > 0 {
			return errors.New("the input has no Istio or Kubernetes resources")
		}
		say(cmd, "the input has no Istio or Kubernetes resources: the result is that of an empty mesh")
	}
	reportFindings(cmd, world.Found, diag.Error)
	if keepGoing {
		return nil
	}
	return notWhole(world.Found.Unread())
}

// admitted returns the world without the resources that admission rejects, as a cluster has none of them, and names them on standard
// error.
func admitted(cmd *cobra.Command, world *pipeline.World) (*pipeline.World, error) {
	left, rejected, err := world.Admitted()
	if err != nil || len(rejected) == 0 {
		return left, err
	}
	say(cmd, "admission rejects these resources, so they are left out:")
	reportFindings(cmd, rejected, diag.Info)
	return left, nil
}

// notWhole is the error about what could not be read; nil where there is nothing.
func notWhole(unread diag.List) error {
	switch len(unread) {
	case 0:
		return nil
	case 1:
		return errors.New("a part of the input could not be read, so the result could be wrong: fix it, or use --keep-going to continue without it")
	}
	return fmt.Errorf("%d parts of the input could not be read, so the result could be wrong: fix them, or use --keep-going to continue without them", len(unread))
}

// addKeepGoing adds the flag of commands that answer from the input.
func addKeepGoing(cmd *cobra.Command, to *bool) {
	cmd.Flags().BoolVar(to, "keep-going", false, "continue if a part of the input cannot be read; the result names the gap")
	titled(cmd, "Input")
}

// gap are warnings of a trace about what could not be read, and what a cluster did not give.
func gap(found diag.List) []simulate.Warning {
	var out []simulate.Warning
	for _, d := range slices.Concat(found.Unread(), found.NotGiven()) {
		at := d.At.Range()
		out = append(out, simulate.Warning{
			ID: d.Check.ID, Severity: string(d.Level()), Step: "input",
			Message: "a part of the input could not be read, so the result could be wrong: " + d.Message,
			Origin:  &simulate.Place{File: d.At.Source().Name, Line: int(at.Line), Column: int(at.Column)},
		})
	}
	return out
}

// reportFindings names the findings of a list, at or above a severity, on standard error.
func reportFindings(cmd *cobra.Command, found diag.List, least diag.Severity) {
	for i := range found {
		d := &found[i]
		if ranks[string(d.Level())] < ranks[string(least)] {
			continue
		}
		at := d.At.Range()
		say(cmd, "%s:%d:%d: %s[%s]: %s", d.At.Source().Name, at.Line, at.Column, d.Level(), d.Check.ID, d.Message)
	}
}
