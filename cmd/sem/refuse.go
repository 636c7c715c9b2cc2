package main

import (
	"errors"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
)

// refuse tells of mistakes in the input on standard error, and refuses to go on where they leave nothing to answer from.
func refuse(cmd *cobra.Command, world *pipeline.World) error {
	if len(world.Objects) > 0 {
		tell(cmd, world.Found, diag.Error)
		return nil
	}
	tell(cmd, world.Found, diag.Info) // why there is nothing may be no mistake by itself
	return errors.New("the input holds no Istio or Kubernetes object that a mesh could be built of")
}

// tell names the findings of a list, at or above a severity, on standard error.
func tell(cmd *cobra.Command, found diag.List, least diag.Severity) {
	for i := range found {
		d := &found[i]
		if ranks[string(d.Level())] < ranks[string(least)] {
			continue
		}
		at := d.At.Range()
		say(cmd, "%s:%d:%d: %s[%s]: %s", d.At.Source().Name, at.Line, at.Column, d.Level(), d.Check.ID, d.Message)
	}
}
