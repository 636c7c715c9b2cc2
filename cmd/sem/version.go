package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// What the answers are true for.
const (
	istioVersion = "1.32"
	apiVersion   = "1.32.0"
	envoyVersion = "1.40"
)

func newVersion() *cobra.Command {
	var out stringList
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of sem, Istio and Envoy",
		Long: `Version prints the version of sem, and the versions of Istio, its API and Envoy
that the results apply to.`,
		Example: `  sem version
  sem version -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			targets, err := parseTargets(out.values, []string{"text", "json"})
			if err != nil {
				return err
			}
			if targets[0].format == "json" {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]string{
					"apiVersion": "sem/v1", "kind": "Version", "sem": semVersion(),
					"istio": istioVersion, "istioAPI": apiVersion, "envoy": envoyVersion,
				})
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), versionText())
			return err
		},
	}
	cmd.Flags().VarP(&out, "output", "o", "`FORMAT`: text or json")
	return cmd
}

// versionText is what 'sem version' and 'sem --version' print.
func versionText() string {
	return fmt.Sprintf("sem %s\nIstio %s (API %s)\nEnvoy %s\n", semVersion(), istioVersion, apiVersion, envoyVersion)
}

// version is set by the linker for a release.
var version string

// semVersion is the version of the release, or else of the module that the binary was built from.
func semVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
