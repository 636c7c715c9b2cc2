package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/release"
)

// releaseFlags say which Istio the answer is for.
type releaseFlags struct{ release.Release }

// by returns what asks for the release; "" leaves it to the input.
func (f *releaseFlags) by(cmd *cobra.Command) string {
	flag := cmd.Flags().Lookup("istio")
	switch {
	case flag == nil || !flag.Changed:
		return ""
	case flag.Annotations[setBy] != nil:
		return "set by " + flag.Annotations[setBy][0]
	}
	return "set by --istio"
}

func (f *releaseFlags) add(cmd *cobra.Command) {
	names := strings.Join(release.Names(), ", ")
	cmd.Flags().Var(istioFlag{f}, "istio", "Istio `RELEASE` whose behaviour applies: "+names+" (default: the one that the input names, else the newest)")
	cmd.Flags().Lookup("istio").DefValue = "" // the usage says it
	cmd.Flags().Var(istiodEnvFlag{f}, "istiod-env", "`NAME=VALUE` of an environment variable of istiod that changes its behaviour; docs/releases.md lists them (repeatable)")
	_ = cmd.RegisterFlagCompletionFunc("istio", cobra.FixedCompletions(release.Names(), cobra.ShellCompDirectiveNoFileComp))
}

// useSettings takes the release, and nothing else, from the settings file.
func (f *releaseFlags) useSettings(cmd *cobra.Command) error {
	s, err := findSettings(cmd)
	if err != nil {
		return err
	}
	given := cmd.Flags().Changed("istio")
	for _, v := range s.Flags {
		if v.flag != "istiod-env" && (v.flag != "istio" || given) {
			continue
		}
		if err := cmd.Flags().Set(v.flag, v.value); err != nil {
			return fmt.Errorf("%s: %w", s.File, err)
		}
		_ = cmd.Flags().SetAnnotation(v.flag, setBy, []string{s.File}) // the flag exists
	}
	return nil
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
