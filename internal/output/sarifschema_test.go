package output

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// sarifModule is a module that holds OASIS's sarif-schema-2.1.0.json, as a constant of its source. The schema itself is not part of
// this repository.
const (
	sarifModule = "github.com/owenrumney/go-sarif/v3@v3.3.1"
	sarifSource = "pkg/report/v210/sarif/schema.go"
)

// sarifSchema returns the JSON Schema of SARIF 2.1.0: the file that SEM_SARIF_SCHEMA names, or that of the module, which the go
// command downloads once and verifies. Without either the test is skipped, except in CI.
func sarifSchema(t *testing.T) []byte {
	t.Helper()
	if name := os.Getenv("SEM_SARIF_SCHEMA"); name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if testing.Short() {
		t.Skip("the schema is looked for only without -short")
	}
	cmd := exec.Command("go", "mod", "download", "-json", sarifModule)
	cmd.Dir = t.TempDir() // outside of our module, which does not depend on it
	text, err := cmd.Output()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s: %v", sarifModule, err)
		}
		t.Skipf("the schema cannot be had: %s: %v", sarifModule, err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(text, &module); err != nil {
		t.Fatal(err)
	}
	return constant(t, filepath.Join(module.Dir, filepath.FromSlash(sarifSource)))
}

// constant returns the first string constant of a Go file.
func constant(t *testing.T, name string) []byte {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && text == "" {
			text, err = strconv.Unquote(lit.Value)
		}
		return text == ""
	})
	if err != nil || text == "" {
		t.Fatalf("%s holds no text: %v", name, err)
	}
	return []byte(text)
}
