// Package binary finds the Envoy executable that judges sem: the one that SEM_ENVOY names, or the one that
// "make envoy" put into .envoy/ at the root of the module.
package binary

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Version is the version of Envoy whose behaviour sem has.
const Version = "1.40.0"

// ErrMissing says that there is no Envoy on this machine.
var ErrMissing = errors.New(`no Envoy here: run "make envoy" or set SEM_ENVOY to the path of one`)

// Find returns the path of Envoy, or an error that wraps [ErrMissing].
func Find() (string, error) {
	if named := os.Getenv("SEM_ENVOY"); named != "" {
		if _, err := os.Stat(named); err != nil {
			return "", fmt.Errorf("SEM_ENVOY: %w", errors.Join(ErrMissing, err))
		}
		return named, nil
	}
	root, err := ModuleRoot()
	if err != nil {
		return "", errors.Join(ErrMissing, err)
	}
	if _, err := os.Stat(In(root)); err != nil {
		return "", ErrMissing
	}
	return In(root), nil
}

// In is where a module keeps its Envoy.
func In(root string) string {
	name := "envoy"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(root, ".envoy", name)
}

// ModuleRoot is the nearest folder, from the working directory upward, that holds a go.mod.
func ModuleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod in this folder or above it")
		}
		dir = parent
	}
}

// VersionOf runs an Envoy and returns the version that it reports, such as "1.40.0".
func VersionOf(path string) (string, error) {
	out, err := exec.Command(path, "--version").Output()
	if err != nil {
		return "", err
	}
	// "…/envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL"
	_, build, _ := strings.Cut(string(out), "version: ")
	parts := strings.Split(build, "/")
	if len(parts) < 2 {
		return "", fmt.Errorf("%s does not report a version: %q", path, out)
	}
	return parts[1], nil
}
