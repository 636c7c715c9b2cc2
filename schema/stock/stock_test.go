// Package stock_test runs the stock cue command on the schema: it is a module like any other, and what is written for sem
// needs no sem to be checked.
package stock_test

import (
	"os"
	"path/filepath"
	"testing"

	"cuelang.org/go/cmd/cue/cmd"
	"github.com/rogpeppe/go-internal/testscript"

	"sem.example/internal/convert"
	"sem.example/internal/source"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"cue": func() { os.Exit(cmd.Main()) }})
}

// TestStockCue runs scripts in a module that has brought the schema along, without any registry.
func TestStockCue(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			for _, v := range [][2]string{{"HOME", env.WorkDir}, {"CUE_REGISTRY", "none"}, {"CUE_CACHE_DIR", filepath.Join(env.WorkDir, ".cache")}} {
				env.Setenv(v[0], v[1])
			}
			return vendor(root, env.WorkDir)
		},
	})
}

// vendor lays out a module with the schema, the example that is authored in CUE, and another that is imported.
func vendor(root, dir string) error {
	schema := filepath.Join(dir, "cue.mod", "pkg", "sem.example", "schema")
	for to, pattern := range map[string]string{
		schema:                       filepath.Join(root, "schema", "*.cue"),
		filepath.Join(dir, "egress"): filepath.Join(root, "examples", "authored-in-cue", "*.cue"),
	} {
		if err := copyAll(to, pattern); err != nil {
			return err
		}
	}
	in, _ := source.Read([]string{filepath.Join(root, "examples", "canary")}, source.Options{})
	var w convert.CUEWriter
	return os.WriteFile(filepath.Join(dir, "canary.cue"), w.File(in.Documents), 0o600)
}

func copyAll(to, pattern string) error {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(name)), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}
