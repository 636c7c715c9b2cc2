package main

import (
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"sem.example/internal/output"
	"sem.example/internal/recipe"
	"sem.example/internal/release"
)

const rootHelp = `sem checks service mesh configuration and shows what the proxy does with a
request, from files alone. It reads Istio and Kubernetes YAML, JSON or CUE. Only
--live and 'sem collect' use the network: they run your kubectl.

Exit codes, the same for every command and format: 0 yes, 1 no (findings, failed
expectations, differences), 2 the command failed.`

const rootExample = `  sem validate examples/canary
  sem trace -f examples/canary --from shop/web http://reviews/
  sem test examples/canary
  sem render -f examples/canary --from shop/web -t clusters`

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot(recipesFor(args)...)
	if completes(args) {
		equip(root)
	}
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteC()
	switch {
	case err == nil:
		return exitClean
	case errors.Is(err, errNo):
		return exitNo
	case errors.Is(err, errReported):
		return exitFailed
	}
	printError(cmd, misspeltCommand(err))
	return exitFailed
}

// recipesFor are the recipes, each a command, where the arguments may be about them. No other run has to read their files.
func recipesFor(args []string) []*recipe.Recipe {
	if slices.Contains(args, "new") {
		return recipe.All()
	}
	return nil
}

func newRoot(recipes ...*recipe.Recipe) *cobra.Command {
	root := &cobra.Command{
		Use:           "sem",
		Short:         "Check, render and trace service mesh configuration, offline",
		Long:          rootHelp,
		Example:       rootExample,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	checkedVarP(root.PersistentFlags(), new(string), "color", "", "auto", isOneOf("auto", "always", "never"), "`WHEN` to colour the output: auto, always or never")
	root.PersistentFlags().String("config", "", "settings `FILE` (default: the nearest .sem.yaml upward)")
	root.PersistentFlags().Bool("no-config", false, "read no settings file")
	root.SetUsageFunc(usage)
	root.SetFlagErrorFunc(misspeltFlag)
	root.Flags().Bool("version", false, "print the versions of sem, Istio and Envoy")
	root.Version = semVersion()
	root.SetVersionTemplate(versionText(release.Release{}, ""))
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(
		newValidate(), newTrace(), newTest(), newRender(), newRoutes(), newGraph(), newReport(), newDiff(), newConvert(), newUpgrade(),
		newNew(recipes), newImport(), newExport(), newCollect(),
		newExplain(), newChecks(), newSchema(), newConfig(), newDump(), newLSP(), newMCP(), newVersion(),
	)
	root.AddCommand(helpTopics()...)
	addHelp(root)
	return root
}

// printError prints why a job could not be done: a line on standard error, and for a machine format on standard output the one
// document that its reader waits for.
func printError(cmd *cobra.Command, err error) {
	sayError(cmd, err)
	if machineReads(cmd) {
		safe := output.NewJSONWriter(cmd.OutOrStdout())
		_ = json.NewEncoder(safe).Encode(map[string]string{"apiVersion": "sem/v1", "kind": "Error", "error": err.Error()})
		_ = safe.Flush()
	}
}

// machineReads reports whether standard output was promised a document.
func machineReads(cmd *cobra.Command) bool {
	flag := cmd.Flags().Lookup("output")
	if flag == nil {
		return false
	}
	values := []string{flag.Value.String()}
	switch value := flag.Value.(type) {
	case *stringList:
		values = value.values
	case *language:
		return false // what is written goes to files
	}
	outputs, err := parseOutputs(values, nil)
	return err == nil && machineOnStdout(outputs)
}
