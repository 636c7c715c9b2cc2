package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// writeThrough writes a file that the command line names. A regular file is replaced as a whole, links are followed to it, and
// it keeps its mode. What is not a regular file (a device, a pipe, a shell's process substitution) is written to as it is.
func writeThrough(name string, data []byte) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if target, err := os.Readlink(name); err == nil { // a link to a file that is still to come
			return writeThrough(besideLink(name, target), data)
		}
		return replaceFile(name, data, 0o666)
	case err != nil:
		return err
	case !info.Mode().IsRegular() || system(name):
		return writeInto(name, data)
	}
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	if system(real) {
		return writeInto(name, data)
	}
	if err := replaceFile(real, data, info.Mode().Perm()); !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return os.WriteFile(real, data, info.Mode().Perm()) // the file may be written, its folder not
}

// besideLink is the target of a link as seen from the current folder.
func besideLink(link, target string) string {
	if filepath.IsAbs(target) {
		return target
	}
	return filepath.Join(filepath.Dir(link), target)
}

// system reports whether a path belongs to the kernel, as /dev/stdout and /proc/self/fd/1 do: what it leads to is open already.
func system(name string) bool {
	full, err := filepath.Abs(name)
	return err == nil && (strings.HasPrefix(full, "/dev/") || strings.HasPrefix(full, "/proc/"))
}

// writeInto writes to what is there, at its end where it has one.
func writeInto(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// replaceFile writes a file beside its place and renames it, so that a failure leaves no half-written file behind. A link at its
// place is replaced, not followed. The mode is that of the process for a new file (0666, less its mask).
func replaceFile(name string, data []byte, mode fs.FileMode) error {
	f, err := createBeside(name, mode)
	if err != nil {
		return err
	}
	forget := atExit(func() { os.Remove(f.Name()) })
	defer forget()
	defer os.Remove(f.Name())
	if mode != 0o666 {
		err = f.Chmod(mode)
	}
	if _, failed := f.Write(data); err == nil {
		err = failed
	}
	if failed := f.Close(); err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// createBeside creates a file of a free name in the folder of another.
func createBeside(name string, mode fs.FileMode) (*os.File, error) {
	for try := 0; ; try++ {
		free := filepath.Join(filepath.Dir(name), fmt.Sprintf(".sem-%08x", rand.Uint32()))
		f, err := os.OpenFile(free, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err == nil || !errors.Is(err, fs.ErrExist) || try == 9 {
			return f, err
		}
	}
}

// notLinked refuses a path to write to that leads through a linked folder: from the folder that the command line names (all of a
// relative path) down to the file's own.
func notLinked(root, name string) error {
	at := root
	if filepath.IsLocal(root) {
		at = "."
	}
	rest, err := filepath.Rel(at, filepath.Dir(name))
	if err != nil {
		return err
	}
	for _, part := range append([]string{"."}, strings.Split(rest, string(filepath.Separator))...) {
		at = filepath.Join(at, part)
		info, err := os.Lstat(at)
		if err != nil {
			return nil // it is still to be made
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s is a link to a folder, and nothing is written through it: name the folder itself", at)
		}
	}
	return nil
}
