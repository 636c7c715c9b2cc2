package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/pipeline"
	"sem.example/internal/recipe"
	"sem.example/internal/source"
)

// files lays the output of a recipe out in the folder.
func (c *recipeCommand) files(d *recipe.Output) []recipe.File {
	files := d.Files(string(c.language), c.held())
	for i := range files {
		files[i].Name = filepath.Join(c.dir, filepath.FromSlash(files[i].Name))
	}
	return files
}

// held returns what the folder has already. A folder that cannot be read has nothing.
func (c *recipeCommand) held() func(kind, namespace, name string) bool {
	world, err := pipeline.Load(limited(pipeline.Options{Paths: []string{c.dir}}))
	return func(kind, namespace, name string) bool {
		return err == nil && slices.ContainsFunc(world.Objects, func(o *config.Object) bool {
			return o.Doc.Kind == kind && o.Namespace == namespace && o.Name == name
		})
	}
}

// print prints files one after the other.
func print(w io.Writer, files []recipe.File) error {
	var out bytes.Buffer
	for i, f := range files {
		if i > 0 {
			out.WriteString("---\n")
		}
		fmt.Fprintf(&out, "# %s\n", filepath.ToSlash(f.Name))
		out.Write(f.Data)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// writeAll writes all files or none: each is written whole beside its place first, and what is renamed already is taken
// back where a later one fails.
// Nothing is written through a linked folder at or below the one that the command line names.
func writeAll(folder string, files []recipe.File, force bool) error {
	for _, f := range files {
		if err := notLinked(folder, f.Name); err != nil {
			return err
		}
	}
	if !force {
		if err := allFree(files); err != nil {
			return err
		}
	}
	var undo []func()
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(f.Name), 0o755); err != nil {
			return rollBack(undo, err)
		}
		mode, back, err := keep(f.Name)
		if err != nil {
			return rollBack(undo, err)
		}
		if err := replaceFile(f.Name, f.Data, mode); err != nil {
			return rollBack(undo, err)
		}
		undo = append(undo, back)
	}
	return nil
}

// allFree refuses to write where something is.
func allFree(files []recipe.File) error {
	var taken []string
	for _, f := range files {
		if _, err := os.Lstat(f.Name); err == nil {
			taken = append(taken, f.Name)
		}
	}
	if len(taken) == 0 {
		return nil
	}
	return fmt.Errorf("%s: already there, and nothing is written; --force overwrites", strings.Join(taken, ", "))
}

func rollBack(undo []func(), err error) error {
	for _, f := range slices.Backward(undo) {
		f()
	}
	return err
}

// keep returns the mode that a file has or gets, and what restores it as well as can be. A link is removed, for it is replaced and
// not followed.
func keep(name string) (fs.FileMode, func(), error) {
	info, err := os.Lstat(name)
	if err != nil || info.Mode()&fs.ModeSymlink != 0 {
		return 0o666, func() { os.Remove(name) }, nil
	}
	before, err := source.ReadRegular(name, math.MaxInt64-1)
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w", name, err)
	}
	mode := info.Mode().Perm()
	return mode, func() { _ = replaceFile(name, before, mode) }, nil
}
