package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// asked are the commands of the pages whose answers have a JSON Schema.
var asked = regexp.MustCompile(`^sem (trace|validate|test) `)

// TestDocumentsFitSchemas asks every question of the pages with -o json, and holds the answers to their JSON Schemas.
func TestDocumentsFitSchemas(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs every command of every page")
	}
	t.Chdir(filepath.Join("..", ".."))
	schemas := map[string]*jsonschema.Schema{}
	for _, d := range documents {
		schema, err := jsonschema.NewCompiler().Compile(filepath.Join("docs", "schema", d.file))
		if err != nil {
			t.Fatal(err)
		}
		schemas[d.kind] = schema
	}
	seen := map[string]int{}
	for _, page := range pages(t) {
		t.Run(page, func(t *testing.T) {
			data, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			if ownFile.Match(data) {
				workplace(t)
			}
			_, err = rerun(string(data), func(line string) string {
				if !asked.MatchString(line) || strings.Contains(line, "-o ") {
					return execute(line)
				}
				doc := answerOf(t, line)
				kind, _ := doc["kind"].(string)
				seen[kind]++
				if kind == "Error" {
					return ""
				}
				if err := schemas[kind].Validate(doc); err != nil {
					t.Errorf("%s:\n%v", line, err)
				}
				return ""
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	for kind := range schemas {
		if seen[kind] == 0 {
			t.Errorf("no page shows a %s", kind)
		}
	}
}

// answerOf is the JSON document that a command line of a page gives.
func answerOf(t *testing.T, line string) map[string]any {
	t.Helper()
	args, err := words(line)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	run(append(slices.Clone(args[1:]), "-o", "json"), strings.NewReader(""), &stdout, &stderr)
	doc, err := jsonschema.UnmarshalJSON(&stdout)
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, stderr.String())
	}
	return doc.(map[string]any)
}
