package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/encoding/jsonschema"
)

// asked are the commands of the pages whose answers have a JSON Schema.
var asked = regexp.MustCompile(`^sem (trace|validate|test) `)

// TestDocumentsFitSchemas asks every question of the pages with -o json, and holds the answers to their JSON Schemas as CUE
// understands these.
func TestDocumentsFitSchemas(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs every command of every page")
	}
	t.Chdir(filepath.Join("..", ".."))
	ctx := cuecontext.New()
	schemas := map[string]cue.Value{}
	for _, d := range documents {
		schemas[d.kind] = schemaValue(t, ctx, filepath.Join("docs", "schema", d.file))
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
					return ""
				}
				doc := answerOf(t, ctx, line)
				kind, _ := doc.LookupPath(cue.ParsePath("kind")).String()
				seen[kind]++
				if err := schemas[kind].Unify(doc).Validate(cue.Concrete(true)); err != nil {
					t.Errorf("%s:\n%s", line, errors.Details(err, nil))
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

// schemaValue reads a JSON Schema.
func schemaValue(t *testing.T, ctx *cue.Context, file string) cue.Value {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	syntax, err := jsonschema.Extract(ctx.CompileBytes(data), &jsonschema.Config{Strict: true})
	if err != nil {
		t.Fatal(errors.Details(err, nil))
	}
	v := ctx.BuildFile(syntax)
	if v.Err() != nil {
		t.Fatal(errors.Details(v.Err(), nil))
	}
	return v
}

// answerOf is the JSON document that a command line of a page gives.
func answerOf(t *testing.T, ctx *cue.Context, line string) cue.Value {
	t.Helper()
	args, err := words(line)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	run(append(slices.Clone(args[1:]), "-o", "json"), strings.NewReader(""), &stdout, &stderr)
	if !json.Valid(stdout.Bytes()) {
		t.Fatalf("%s gives no JSON: %s%s", line, stdout.String(), stderr.String())
	}
	return ctx.CompileBytes(stdout.Bytes())
}
