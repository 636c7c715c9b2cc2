package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"sem.example/internal/config"
	"sem.example/internal/kubectl"
	"sem.example/internal/lazy"
	"sem.example/internal/recipe"
	"sem.example/internal/source"
)

const collectHelp = `Collect writes what --live reads to files: the resources of a running cluster
that a mesh depends on, read with your kubectl. Every command takes the folder
as its input, with the same results as --live.

The files have no Secrets, no environment variables, commands or volumes of
Pods, and of ConfigMaps only the MeshConfig and CA certificates. Istio's
resources are written whole. _cluster/collected.yaml lists what the cluster did
not give.`

const collectExample = `  sem collect mesh/ --context prod
  sem validate mesh/
  sem trace -f mesh/ --from shop/web http://cart/`

type collectCommand struct {
	from  liveFlags
	force bool
}

func newCollect() *cobra.Command {
	var c collectCommand
	cmd := &cobra.Command{
		Use:     "collect [flags] FOLDER",
		Short:   "Write the resources of a running cluster to files",
		Long:    collectHelp,
		Example: collectExample,
		Args:    arguments(1, 1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	c.from.addTarget(cmd)
	titled(cmd, "Input")
	cmd.Flags().BoolVar(&c.force, "force", false, "replace an earlier collection in the folder")
	titled(cmd, "Output")
	return cmd
}

func (c *collectCommand) run(cmd *cobra.Command, folder string) error {
	entries, err := os.ReadDir(folder)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case len(entries) > 0 && !c.force:
		return fmt.Errorf("%s is not empty, and nothing is written: name another folder, or replace an earlier collection with --force", folder)
	}
	if err := c.from.collect(cmd); err != nil {
		return err
	}
	var files []recipe.File
	for _, f := range c.from.dump.Files {
		files = append(files, recipe.File{Name: filepath.Join(folder, filepath.FromSlash(f.Name)), Data: f.Data})
	}
	earlier := collectedIn(folder)
	if err := writeAll(folder, files, c.force); err != nil {
		return err
	}
	if err := removeStale(folder, earlier, c.from.dump.Files); err != nil {
		return err
	}
	say(cmd, "wrote %d resources in %d files to %s", c.from.dump.Count, len(files), folder)
	for _, g := range c.from.dump.Gaps {
		say(cmd, "the cluster did not give %s (%s)", g.Resource, g.Message)
	}
	return nil
}

// collectedFile is the name that a file of a collection has below its folder.
var collectedFile = lazy.Regexp(`^[a-z0-9_][a-z0-9.-]*/[a-z0-9][a-z0-9.-]*\.yaml$`)

// collectedIn returns the files of an earlier collection in a folder.
func collectedIn(folder string) []string {
	name := filepath.Join(folder, filepath.FromSlash(kubectl.Collected))
	data, err := source.ReadRegular(name, settingsLimit)
	if err != nil {
		return nil
	}
	var names []string
	docs, _ := source.Parse(&source.File{Name: name, Data: data})
	for _, d := range docs {
		if config.IsCollected(d) {
			names = append(names, config.FilesOf(d)...)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return !collectedFile().MatchString(name) })
}

// removeStale removes the files of an earlier collection that this one does not have. It stays within the folder.
func removeStale(folder string, earlier []string, files []*source.File) error {
	if len(earlier) == 0 {
		return nil
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range earlier {
		if slices.ContainsFunc(files, func(f *source.File) bool { return f.Name == name }) {
			continue
		}
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
