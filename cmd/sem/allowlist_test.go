package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sem.example/internal/recipe"
)

// TestSettingKeys holds the list of keys to the flags of all commands: a file sets no other flag, and what a command takes by the
// name of a key is what the key is for. A command that gives such a name another meaning, as that of a file to read, is an
// exception of the key.
func TestSettingKeys(t *testing.T) {
	want := map[string][]string{
		"all": nil, "color": {"WHEN"}, "coverage": nil, "coverage-floor": {"PERCENT"}, "each": nil, "expect": {"FIELD=TEXT"}, "fail": nil, "fail-fast": nil,
		"fail-on": {"SEVERITY"}, "istio": {"RELEASE"}, "istiod-env": {"NAME=VALUE"}, "namespace": {"NAMESPACE"}, "output": {"FORMAT", "LANGUAGE"},
		"registry": {"STATE"}, "verbose": nil, "why": nil, // what is below names files, and a file that was only found cannot name them outside its repository
		"baseline": {"BASELINE"}, "filename": {"PATH"}, "mesh-config": {"FILE"},
	}
	elsewhere := []string{"disable", "enable", "ignore", "severity", "worlds"} // read by the file's own rules
	root := newRoot(recipe.All()...)
	have := map[string][]string{}
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			key, err := allowedKey(root, f.Name)
			if err != nil || slices.Contains(elsewhere, key.name) || key.except == cmd.Name() {
				return
			}
			values := have[f.Name]
			if name, _ := pflag.UnquoteUsage(f); f.Value.Type() != "bool" && !slices.Contains(values, name) {
				values = append(values, name)
				slices.Sort(values)
			}
			have[f.Name] = values
		})
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(root)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("what the flags take that a settings file may set (-want +got):\n%s", diff)
	}
	for _, k := range settingKeys {
		if _, found := have[k.name]; !found && !slices.Contains(elsewhere, k.name) {
			t.Errorf("no command has a flag --%s, which a settings file may set", k.name)
		}
		if path := slices.Contains([]string{"baseline", "filename", "mesh-config"}, k.name); path != k.path {
			t.Errorf("the key %s is taken for a path: %v", k.name, k.path)
		}
	}
}
