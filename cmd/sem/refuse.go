package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
)

// refuse tells of mistakes in the input on standard error, and refuses to go on where they leave nothing to answer from.
func refuse(cmd *cobra.Command, world *pipeline.World) error {
	tell(cmd, world.Found)
	if len(world.Objects) == 0 {
		return errors.New("the input holds no Istio or Kubernetes object that a mesh could be built of")
	}
	return nil
}

// tell names the errors of a list on standard error.
func tell(cmd *cobra.Command, found diag.List) {
	for i := range found {
		d := &found[i]
		if d.Level() != diag.Error {
			continue
		}
		at := d.At.Range()
		fmt.Fprintf(cmd.ErrOrStderr(), "%s:%d:%d: error[%s]: %s\n", d.At.Source().Name, at.Line, at.Column, d.Check.ID, d.Message)
	}
}
