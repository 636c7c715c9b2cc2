package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

// stringList is a repeatable flag that keeps its values as they were written.
type stringList struct{ values []string }

func (l *stringList) String() string     { return "" }
func (l *stringList) Set(v string) error { l.values = append(l.values, v); return nil }
func (l *stringList) Type() string       { return "string" }

// inputFlags say what is read. Every command that reads configuration has them.
type inputFlags struct {
	files      stringList
	kustomize  string
	worlds     worldFlags
	namespace  string
	meshConfig string
	follow     bool
	live       liveFlags
	cue        source.CUELimits
	assume     assumeFlags
	release    releaseFlags
}

func (f *inputFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.VarP(&f.files, "filename", "f", "file or folder `PATH`, read recursively; '-' is standard input (repeatable; default: the current folder)")
	flags.StringVarP(&f.kustomize, "kustomize", "k", "", "build the kustomization in `FOLDER`, offline, and use the result as input; other files are read only if you name them")
	f.worlds.add(cmd)
	checkedVarP(flags, &f.namespace, "namespace", "n", "default", isName, "`NAMESPACE` of resources without one")
	flags.StringVar(&f.meshConfig, "mesh-config", "", "`FILE` with the MeshConfig: a MeshConfig, an IstioOperator or the istio ConfigMap")
	flags.BoolVar(&f.follow, "follow-links", false, "follow symbolic links to files outside the folder")
	f.live.add(cmd)
	addCUELimit(cmd, &f.cue)
	f.assume.add(cmd)
	f.release.add(cmd)
	titled(cmd, "Input")
}

// options are what the pipeline reads, paths given as arguments and what a cluster gives included.
func (f *inputFlags) options(cmd *cobra.Command, paths []string) (pipeline.Options, error) {
	stated := ""
	if cmd.Flags().Changed("namespace") {
		stated = f.namespace
	}
	clusters, err := f.live.read(cmd)
	return limited(pipeline.Options{
		Paths:      append(append([]string{}, f.files.values...), paths...),
		Kustomize:  f.kustomize,
		World:      f.worlds.name,
		Worlds:     f.worlds.defined,
		Stdin:      cmd.InOrStdin(),
		Clusters:   clusters,
		Namespace:  stated,
		MeshConfig: f.meshConfig,

		FollowLinks: f.follow,
		CUE:         f.cue,
		Assume:      f.assume.options,
		Release:     f.release.Release,
		ReleaseBy:   f.release.by(cmd),
	}), err
}

// within takes the cluster from the name of the proxy's workload: its world is asked about.
func (f *inputFlags) within(p *proxyFlags) error {
	for _, name := range []*string{&p.from, &p.gateway} {
		cluster, rest := f.live.within(*name)
		if cluster == "" {
			continue
		}
		if f.worlds.name != "" && f.worlds.name != cluster {
			return fmt.Errorf("%s is in cluster %s, and --world asks about %s", *name, cluster, f.worlds.name)
		}
		f.worlds.name, *name = cluster, rest
	}
	return nil
}

// load reads the input that the flags and some paths name, and builds its mesh.
func (f *inputFlags) load(cmd *cobra.Command, paths []string) (*pipeline.World, error) {
	opts, err := f.options(cmd, paths)
	if err != nil {
		return nil, err
	}
	return load(cmd, opts)
}

// load reads the input and builds its mesh; a terminal shows how far that is.
func load(cmd *cobra.Command, opts pipeline.Options) (*pipeline.World, error) {
	progress := output.StartProgress(cmd.ErrOrStderr())
	defer progress.Done()
	opts.Watch = progress.Watch
	return pipeline.Load(opts)
}
