package main

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

// A listed package is what the go command says of one.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Export     string // the file of its compiled declarations
	Module     *struct{ Main bool }
	DepOnly    bool
}

// load measures the packages of this module that patterns name, as seen from a folder. Imports are read as the go command
// compiled them, so only the packages themselves are checked from source.
func load(dir string, patterns []string) ([]*measured, error) {
	all, err := list(dir, patterns)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no compiled declarations of %s", path)
		}
		return os.Open(exports[path])
	})
	var out []*measured
	for _, p := range all {
		if p.DepOnly || p.Module == nil || !p.Module.Main || len(p.GoFiles) == 0 {
			continue
		}
		m, err := measure(fset, imports, p)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
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

// measure reads a package and measures it.
func measure(fset *token.FileSet, imports types.Importer, p listed) (*measured, error) {
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	pkg, err := (&types.Config{Importer: imports}).Check(p.ImportPath, fset, files, info)
	if err != nil {
		return nil, err
	}
	_, name, _ := strings.Cut(p.ImportPath, "/")
	return &measured{name: name, files: len(files), circle: largestCircle(uses(fset, pkg, info)), types: methodCounts(pkg)}, nil
}
