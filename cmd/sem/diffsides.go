package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/output"
	"sem.example/internal/pipeline"
)

// side reads one side. What done removes is needed until the answers are printed.
func (c *diffCommand) side(cmd *cobra.Command, path, istio, flag string) (diffSide, func(), error) {
	done := func() {}
	if dump, err := dumpIn(cmd, path); dump != nil || err != nil {
		return diffSide{dump: dump, dumped: true}, done, err
	}
	world, done, err := c.files(cmd, path, istio, flag)
	return diffSide{world: world}, done, err
}

// files reads a side of files.
func (c *diffCommand) files(cmd *cobra.Command, path, istio, flag string) (*pipeline.World, func(), error) {
	done := func() {}
	opts, err := c.inputs.options(cmd, []string{path})
	if err != nil {
		return nil, done, err
	}
	if path == "" {
		opts.Paths, path = nil, "live"
	}
	if istio != "" {
		release, err := opts.Release.As(istio)
		if err != nil {
			return nil, done, err
		}
		opts.Release, opts.ReleaseBy = release, "set by "+flag
	}
	if ref, ok := strings.CutPrefix(path, "git:"); ok {
		dir, remove, err := fromGit(ref)
		if done = remove; err != nil {
			return nil, done, err
		}
		if files, err := os.ReadDir(dir); err == nil && len(files) == 0 {
			say(cmd, "%s: the revision has no files there: it is compared as an empty mesh", path)
		}
		opts.FS, opts.Paths = os.DirFS(dir), []string{"."}
	}
	switch {
	case opts.Kustomize == "":
	case opts.FS != nil:
		opts.Paths = nil
	default:
		opts.Kustomize, opts.Within, opts.Paths = filepath.Join(path, opts.Kustomize), path, nil
	}
	world, err := load(cmd, opts)
	if err != nil {
		return nil, done, fmt.Errorf("%s: %w", path, err)
	}
	if names := world.Worlds(); len(names) > 1 && c.inputs.worlds.name == "" {
		return nil, done, fmt.Errorf("%s has several worlds: choose one with --world: %s", path, strings.Join(names, ", "))
	}
	if err := refuse(cmd, world, c.keep); err != nil {
		return nil, done, fmt.Errorf("%s: %w", path, err)
	}
	c.unread = append(c.unread, output.Places(world.Found.Unread())...)
	c.unread = append(c.unread, output.Places(world.Found.NotGiven())...)
	if world, err = admitted(cmd, world); err != nil {
		return nil, done, fmt.Errorf("%s: %w", path, err)
	}
	return world, done, nil
}

// fromGit writes REF or REF:PATH to a folder for a while.
func fromGit(ref string) (dir string, done func(), err error) {
	ref, path, _ := strings.Cut(ref, ":")
	if path == "" {
		path = "."
	}
	if ref == "" || strings.HasPrefix(ref, "-") {
		return "", func() {}, fmt.Errorf("%q is not a git revision", ref)
	}
	dir, done, err = tempFolder("sem-diff-")
	if err != nil {
		return "", func() {}, err
	}
	return dir, done, checkout(ref, path, dir)
}
