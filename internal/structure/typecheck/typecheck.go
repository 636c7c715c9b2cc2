// Package typecheck reads packages of this module with the types of what they use, for tests that ask what code refers to.
package typecheck

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A Package is one that was read, without its tests.
type Package struct {
	Path  string
	Files *token.FileSet
	Count int // how many files it has
	Types *types.Package
	Uses  map[*ast.Ident]types.Object // what each name refers to
}

// A listed package is what the go command says of one.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Export     string // the file of its compiled declarations
	Module     *struct{ Main bool }
	DepOnly    bool
}

// Load reads the packages of this module that patterns name, as seen from a folder. Imports are read as the go command
// compiled them, so only the packages themselves are checked from source.
func Load(dir string, patterns ...string) ([]Package, error) {
	all, err := list(dir, patterns)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	files := token.NewFileSet()
	imports := importer.ForCompiler(files, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no compiled declarations of %s", path)
		}
		return os.Open(exports[path])
	})
	var out []Package
	for _, p := range all {
		if p.DepOnly || p.Module == nil || !p.Module.Main || len(p.GoFiles) == 0 {
			continue
		}
		checked, err := check(files, imports, p)
		if err != nil {
			return nil, err
		}
		out = append(out, checked)
	}
	return out, nil
}

func list(dir string, patterns []string) ([]listed, error) {
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,GoFiles,Export,Module,DepOnly"}, patterns...)
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	text, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("go list: %s", exit.Stderr)
		}
		return nil, err
	}
	var out []listed
	for d := json.NewDecoder(strings.NewReader(string(text))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
}

// check reads the sources of a package.
func check(fset *token.FileSet, imports types.Importer, p listed) (Package, error) {
	out := Package{Path: p.ImportPath, Files: fset, Count: len(p.GoFiles), Uses: map[*ast.Ident]types.Object{}}
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return out, err
		}
		files = append(files, f)
	}
	var err error
	out.Types, err = (&types.Config{Importer: imports}).Check(p.ImportPath, fset, files, &types.Info{Uses: out.Uses})
	return out, err
}
