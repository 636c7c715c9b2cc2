package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	if serves() { // the tests of a command in this process read CUE in another one as the command does
		return
	}
	testscript.Main(m, map[string]func(){
		"sem": main,
	})
}

// TestScripts runs the scripts that document the command line: one archive a behaviour, named COMMAND_TOPIC.txtar.
func TestScripts(t *testing.T) { runScripts(t, "script") }

// TestTraps runs an archive for each way in which a mesh that every check of a single document lets pass does what nobody
// meant. Its trace must say so, and what would fix it.
func TestTraps(t *testing.T) { runScripts(t, "traps") }

func runScripts(t *testing.T, folder string) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", folder),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition: func(name string) (bool, error) {
			if name != "unprivileged" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return os.Geteuid() != 0, nil
		},
		Setup: func(env *testscript.Env) error {
			root, err := filepath.Abs(filepath.Join("..", ".."))
			env.Setenv("EXAMPLES", filepath.Join(root, "examples"))
			env.Setenv("COLUMNS", "100")
			if sem, failed := exec.LookPath("sem"); failed == nil {
				env.Setenv("SEM", sem)
			}
			env.Setenv("HOME", os.TempDir())
			return err
		},
	})
}
