package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/pipeline"
	"sem.example/internal/recipe"
)

// files lays a draft out in the folder.
func (c *recipeCommand) files(d *recipe.Draft) []recipe.File {
	files := d.Files(string(c.language), c.held())
	for i := range files {
		files[i].Name = filepath.Join(c.dir, filepath.FromSlash(files[i].Name))
	}
	return files
}

// held says what the folder has already. A folder that cannot be read has nothing.
func (c *recipeCommand) held() func(kind, namespace, name string) bool {
	world, err := pipeline.Load(pipeline.Options{Paths: []string{c.dir}})
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
func writeAll(files []recipe.File, force bool) error {
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
		before, err := os.ReadFile(f.Name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return rollBack(undo, err)
		}
		existed := err == nil
		if err := replaceFile(f.Name, f.Data); err != nil {
			return rollBack(undo, err)
		}
		undo = append(undo, func() { putBack(f.Name, before, existed) })
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

// putBack restores a file as well as it can.
func putBack(name string, data []byte, existed bool) {
	if !existed {
		os.Remove(name)
		return
	}
	replaceFile(name, data)
}
