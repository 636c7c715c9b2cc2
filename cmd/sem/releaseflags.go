package main

import (
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/release"
)

// releaseFlags say which Istio the answer is for.
type releaseFlags struct{ release.Release }

func (f *releaseFlags) add(cmd *cobra.Command) {
	names := strings.Join(release.Names(), ", ")
	cmd.Flags().Var(istioFlag{f}, "istio", "Istio `RELEASE` whose behaviour applies: "+names)
	cmd.Flags().Var(istiodEnvFlag{f}, "istiod-env", "`NAME=VALUE` of an environment variable of istiod that docs/releases.md lists (repeatable)")
	_ = cmd.RegisterFlagCompletionFunc("istio", cobra.FixedCompletions(release.Names(), cobra.ShellCompDirectiveNoFileComp))
}

// istioFlag sets the release.
type istioFlag struct{ flags *releaseFlags }

func (f istioFlag) String() string {
	if f.flags == nil {
		return ""
	}
	return f.flags.Release.String()
}
func (f istioFlag) Type() string { return "string" }

func (f istioFlag) Set(name string) (err error) {
	f.flags.Release, err = f.flags.As(name)
	return err
}

// istiodEnvFlag changes single behaviours.
type istiodEnvFlag struct{ flags *releaseFlags }

func (istiodEnvFlag) String() string { return "" }
func (istiodEnvFlag) Type() string   { return "string" }

func (f istiodEnvFlag) Set(variable string) (err error) {
	f.flags.Release, err = f.flags.With([]string{variable})
	return err
}
