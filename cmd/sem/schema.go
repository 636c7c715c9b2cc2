package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/suite"
	"sem.example/schema"
)

const schemaHelp = `Schema prints the schema of each kind, for other programs.

  jsonschema   for editors and validators. Without --kind, one schema checks
               each document by its kind.
  openapi      the same schemas as components of an OpenAPI document
  cue          the definitions of 'import "sem.example/schema"'

JSON Schema cannot express every rule: it accepts everything that
'sem validate' accepts, but misses some errors, and all errors between
resources.`

const schemaExample = `  # for an editor, with 'sem schema vscode'
  sem schema > istio.schema.json

  # one kind
  sem schema --kind VirtualService

  # the files that 'sem test' reads
  sem schema tests > sem-test.schema.json

  # the definitions, where the stock cue command looks for them
  sem schema -o cue > cue.mod/pkg/sem.example/schema/schema.cue`

// schemaFormats write the schemas of kinds.
var schemaFormats = map[string]func(kinds []string) ([]byte, error){
	"jsonschema": func(kinds []string) ([]byte, error) { return indented(schema.JSONSchema(kinds...)) },
	"openapi":    func(kinds []string) ([]byte, error) { return indented(schema.OpenAPI(apiVersion, kinds...)) },
	"cue":        func(kinds []string) ([]byte, error) { return schema.CUE(kinds...), nil },
}

func newSchema() *cobra.Command {
	var format string
	var kinds []string
	cmd := &cobra.Command{
		Use:     "schema [flags]",
		Short:   "Print schemas for editors and other programs",
		Long:    schemaHelp,
		Example: schemaExample,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := useSettings(cmd); err != nil {
				return err
			}
			write := schemaFormats[format]
			if write == nil {
				return fmt.Errorf("unknown output format %q: use one of %s", format, strings.Join(slices.Sorted(maps.Keys(schemaFormats)), ", "))
			}
			known, err := knownKinds(kinds)
			if err != nil {
				return err
			}
			out, err := write(known)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(out)
			return err
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "jsonschema", "`FORMAT`: jsonschema, openapi or cue")
	cmd.Flags().StringSliceVar(&kinds, "kind", nil, "`KINDS` to print, as VirtualService or vs (repeatable; default: all)")
	titled(cmd, "Output")
	cmd.AddCommand(newSchemaTests(), newSchemaVSCode())
	return cmd
}

func newSchemaTests() *cobra.Command {
	return &cobra.Command{
		Use:     "tests",
		Short:   "Print the JSON Schema of the files that sem test reads",
		Long:    "Tests prints the JSON Schema of the files that 'sem test' reads, NAME_test.yaml.",
		Example: "  sem schema tests > .vscode/sem-test.schema.json",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(suite.Schema())
			return err
		},
	}
}

// knownKinds are kinds by their full names, all where none is named.
func knownKinds(names []string) ([]string, error) {
	if len(names) == 0 {
		return schema.Kinds(), nil
	}
	var kinds []string
	for _, name := range names {
		kind, err := schema.Kind(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds, nil
}

// indented is a value as JSON for people.
func indented(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return out.Bytes(), err
}

const vscodeHelp = `Vscode prints settings for the YAML extension of Visual Studio Code (the YAML
language server): which files use the JSON Schemas of 'sem schema' and
'sem schema tests'. The first checks each document by its kind and ignores
other kinds, so it can apply to all files.

Other editors with the YAML language server use the same settings.`

const vscodeExample = `  # in the root of a repository
  mkdir -p .vscode
  sem schema > .vscode/istio.schema.json
  sem schema tests > .vscode/sem-test.schema.json
  sem schema vscode > .vscode/settings.json`

func newSchemaVSCode() *cobra.Command {
	var file, tests string
	var globs []string
	cmd := &cobra.Command{
		Use:     "vscode [flags]",
		Short:   "Print settings of Visual Studio Code and the YAML language server",
		Long:    vscodeHelp,
		Example: vscodeExample,
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := indented(map[string]any{
				"yaml.schemas":  map[string]any{file: globs, tests: []string{"*_test.yaml"}},
				"yaml.validate": true, "yaml.hover": true, "yaml.completion": true,
			})
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(out)
			return err
		},
	}
	cmd.Flags().StringVar(&file, "schema", "./.vscode/istio.schema.json", "`FILE` or URL of the schema, as the editor finds it from the root of the workspace")
	cmd.Flags().StringVar(&tests, "tests-schema", "./.vscode/sem-test.schema.json", "`FILE` or URL of the schema of files of tests")
	cmd.Flags().StringSliceVar(&globs, "files", []string{"*.yaml", "*.yml"}, "`PATTERNS` of the files that it is laid on")
	titled(cmd, "Output")
	return cmd
}
