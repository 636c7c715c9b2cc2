package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"sem.example/internal/recipe"
)

func TestOffered(t *testing.T) {
	for usage, want := range map[string][]string{
		"`FORMAT` or FORMAT=FILE: text, json or markdown (for a ticket) (repeatable)": {"text", "json", "markdown"},
		"`FORMAT`: json": {"json"},
		"`WAY` through: outbound (default) or all": {"outbound", "all"},
		"`WORKLOAD`, NAMESPACE/NAME: a Pod or any": nil,
		"`HEADER`, 'name: value'; 'name:' is gone": nil,
		"`FILE` with the mesh's settings":          nil,
	} {
		if diff := cmp.Diff(want, offered(usage)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", usage, diff)
		}
	}
}

// TestOfferedFormats requires that every command's formats can be read out of its help.
func TestOfferedFormats(t *testing.T) {
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		if f := cmd.Flags().Lookup("output"); f != nil && len(offered(f.Usage)) == 0 {
			t.Errorf("%s offers no format: %s", cmd.CommandPath(), f.Usage)
		}
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(newRoot(recipe.All()...))
}
