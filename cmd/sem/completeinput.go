package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/config"
	"sem.example/internal/pipeline"
)

// fromInput completes by what the input holds.
func fromInput(known func(*pipeline.World) []string) completer {
	return func(cmd *cobra.Command, args []string, _ string) []string {
		world := readInput(cmd, args)
		if world == nil {
			return nil
		}
		found := known(world)
		slices.Sort(found)
		return slices.Compact(found)
	}
}

// readInput reads the input that the command line names so far, or else the current folder. Standard input is the shell's, and
// left alone. It returns nil where nothing can be read.
func readInput(cmd *cobra.Command, args []string) *pipeline.World {
	var paths []string
	flags := cmd.Flags()
	if f := flags.Lookup("filename"); f != nil {
		if files, ok := f.Value.(*stringList); ok {
			paths = slices.Clone(files.values)
		}
	}
	if dir := flags.Lookup("dir"); dir != nil {
		paths = append(paths, dir.Value.String())
	}
	if strings.Contains(cmd.Use, "PATH") {
		paths = append(paths, args...)
	}
	if slices.Contains(paths, "-") {
		return nil
	}
	namespace, _ := flags.GetString("namespace")
	meshConfig, _ := flags.GetString("mesh-config")
	world, err := pipeline.Load(limited(pipeline.Options{Paths: paths, Namespace: namespace, MeshConfig: meshConfig}))
	if err != nil {
		return nil
	}
	return world
}

// named are the names of objects as flags take them, each with its kind.
func named(objects []*config.Object) []string {
	var found []string
	for _, o := range objects {
		found = append(found, o.Namespace+"/"+o.Name+"\t"+o.Kind)
	}
	return found
}

// The completers of what the input holds.
var (
	namespaces = fromInput(func(w *pipeline.World) []string { return w.Mesh.Namespaces() })
	workloads  = fromInput(func(w *pipeline.World) []string { return named(w.Workloads()) })
	gateways   = fromInput(func(w *pipeline.World) []string { return named(w.Gateways()) })
	subsets    = fromInput((*pipeline.World).Subsets)
	hosts      = fromInput(func(w *pipeline.World) []string {
		var found []string
		for _, s := range w.Mesh.Services {
			found = append(found, s.Host)
		}
		return found
	})
	services = fromInput(func(w *pipeline.World) []string {
		var found []string
		for _, s := range w.Mesh.Services {
			if s.Kubernetes() {
				found = append(found, s.Name+"\tin namespace "+s.Namespace)
			}
		}
		return found
	})
)

// urls completes the URL of a port of a service, in place of the method or after it.
func urls(cmd *cobra.Command, args []string, word string) []string {
	if len(args) > 1 || len(args) == 1 && strings.Contains(args[0], "://") {
		return nil
	}
	return fromInput((*pipeline.World).URLs)(cmd, args, word)
}
