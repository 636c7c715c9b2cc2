package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/release"
)

// apiVersion is that of the API of Istio that documents are read by.
const apiVersion = "1.32.0"

func newVersion() *cobra.Command {
	var out stringList
	var asked releaseFlags
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of sem, Istio and Envoy",
		Long: `Version prints the version of sem, and the versions of Istio, its API and Envoy
that the results apply to, unless the input names another release: those of
--istio or the settings file, or the newest.`,
		Example: `  sem version
  sem version -o json`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := asked.useSettings(cmd); err != nil {
				return err
			}
			outputs, err := parseOutputs(out.values, []string{"text", "json"})
			if err != nil {
				return err
			}
			if outputs[0].format == "json" {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(versionDocument{
					"sem/v1", "Version", semVersion(), asked.String(), apiVersion, asked.Envoy(), asked.by(cmd), release.Names(),
				})
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), versionText(asked.Release, asked.by(cmd)))
			return err
		},
	}
	asked.add(cmd)
	cmd.Flags().VarP(&out, "output", "o", "`FORMAT`: text or json")
	return cmd
}

// versionDocument is the document of version -o json.
type versionDocument struct {
	APIVersion   string   `json:"apiVersion"`
	Kind         string   `json:"kind"`
	Sem          string   `json:"sem"`
	Istio        string   `json:"istio"`
	IstioAPI     string   `json:"istioAPI"`
	Envoy        string   `json:"envoy"`
	IstioBecause string   `json:"istioBecause,omitempty"`
	Releases     []string `json:"releases"` // of Istio that --istio takes
}

// versionText is what 'sem version' and 'sem --version' print.
func versionText(r release.Release, by string) string {
	if by != "" {
		by = ", " + by
	}
	return fmt.Sprintf("sem %s\nIstio %s (API %s)%s\nEnvoy %s\nother releases of Istio: %s\n",
		semVersion(), r, apiVersion, by, r.Envoy(), strings.Join(others(r), ", "))
}

// others are the releases that are known beside one.
func others(r release.Release) []string {
	var out []string
	for _, name := range release.Names() {
		if name != r.String() {
			out = append(out, name)
		}
	}
	return out
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
