package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"sem": main,
	})
}

// TestScripts runs the scripts that document the command line: one archive a behaviour, named COMMAND_TOPIC.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			root, err := filepath.Abs(filepath.Join("..", ".."))
			env.Setenv("EXAMPLES", filepath.Join(root, "examples"))
			env.Setenv("COLUMNS", "100")
			env.Setenv("HOME", os.TempDir())
			return err
		},
	})
}
