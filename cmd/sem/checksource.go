package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"sem.example/internal/diag"
)

// checkSource prints, one a line, the files of sem's own sources that hold checks. The index checkSources is generated.
func checkSource(cmd *cobra.Command, checks []*diag.Check) error {
	var files []string
	for _, c := range checks {
		for _, file := range checkSources[c.ID] {
			if !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	for _, file := range files {
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), file); err != nil {
			return err
		}
	}
	return nil
}
