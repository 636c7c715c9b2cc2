// Package binary finds the Envoy executables that judge sem: the one that SEM_ENVOY names, or those that "make envoy"
// and "make envoys" put into .envoy/ at the root of the module.
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
var ErrMissing = errors.New(`no Envoy here: run "make envoy" ("make envoys" for those of older releases) or set SEM_ENVOY to the path of one`)

// Versions are those of the releases of Envoy whose behaviour sem has, by release: 1.36 is what the proxies of Istio 1.28 run.
var Versions = map[string]string{"1.40": Version, "1.39": "1.39.3", "1.38": "1.38.3", "1.37": "1.37.0", "1.36": "1.36.4"}

// Find returns the path of the newest Envoy, or an error that wraps [ErrMissing].
func Find() (string, error) { return FindVersion(Version) }

// FindVersion returns the path of an Envoy of a version, or an error that wraps [ErrMissing]. SEM_ENVOY names the newest.
func FindVersion(version string) (string, error) {
	if named := os.Getenv("SEM_ENVOY"); named != "" && version == Version {
		if _, err := os.Stat(named); err != nil {
			return "", fmt.Errorf("SEM_ENVOY: %w", errors.Join(ErrMissing, err))
		}
		return named, nil
	}
	root, err := ModuleRoot()
	if err != nil {
		return "", errors.Join(ErrMissing, err)
	}
	path := In(root, version)
	if _, err := os.Stat(path); err != nil {
		return "", ErrMissing
	}
	return path, nil
}

// In is where a module keeps its Envoy of a version.
func In(root, version string) string {
	name := "envoy"
	if version != Version {
		name += "-" + version
	}
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
