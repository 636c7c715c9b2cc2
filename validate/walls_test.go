package validate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// shared are the files that every check may use: how a check is registered and reports, and how messages word things.
var shared = map[string]bool{"check.go": true, "words.go": true}

// TestWalls holds checks apart: no file uses what the file of another check declares. What several checks ask is a fact of
// validate/internal/facts.
func TestWalls(t *testing.T) {
	files := parseFiles(t)
	home := map[string]string{} // of a name of the package, the file that declares it
	for file, tree := range files {
		for _, name := range declared(tree) {
			home[name] = file
		}
	}
	for file, tree := range files {
		for _, use := range tree.Unresolved {
			if h := home[use.Name]; h != "" && h != file && !shared[h] {
				t.Errorf("%s uses %s of %s: move it to validate/internal/facts", file, use.Name, h)
			}
		}
	}
}

// parseFiles reads the files of the package without its tests.
func parseFiles(t *testing.T) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = tree
	}
	if len(files) < 100 {
		t.Fatalf("only %d files were found", len(files))
	}
	return files
}

// declared returns the names that a file declares for its package, methods aside.
func declared(tree *ast.File) []string {
	var names []string
	for _, d := range tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				names = append(names, specNames(spec)...)
			}
		}
	}
	return names
}

func specNames(spec ast.Spec) []string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return []string{spec.Name.Name}
	case *ast.ValueSpec:
		var names []string
		for _, n := range spec.Names {
			names = append(names, n.Name)
		}
		return names
	}
	return nil
}
