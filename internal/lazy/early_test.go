package lazy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tools are the folders that the command does not consist of.
var tools = []string{"internal/archive", "internal/envoytest", "internal/structure", "internal/terms", ".envoy", ".git", "testdata", "dist", "bin"}

// TestNoEarlyRegexps holds the start of the program free of regular expressions that most runs do not need.
func TestNoEarlyRegexps(t *testing.T) {
	root := filepath.Join("..", "..")
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains(tools, name) || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, at := range early(file) {
			t.Errorf("%s: compiled at every start of the program: use lazy.Regexp", fset.Position(at))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// early lists the regular expressions that are compiled while a package is initialised.
func early(file *ast.File) (found []token.Pos) {
	for _, decl := range file.Decls {
		if decl, ok := decl.(*ast.GenDecl); ok && decl.Tok == token.VAR {
			ast.Inspect(decl, func(n ast.Node) bool {
				if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "MustCompile" {
					found = append(found, call.Pos())
				}
				_, later := n.(*ast.FuncLit)
				return !later
			})
		}
	}
	return found
}
