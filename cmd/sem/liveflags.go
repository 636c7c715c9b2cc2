package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sem.example/internal/kubectl"
	"sem.example/internal/lazy"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

// liveFlags say which clusters are read: a running one, or what was written of several. The former runs a program, so a settings file
// cannot set it.
type liveFlags struct {
	live    bool
	kubectl kubectl.Options
	dump    *kubectl.Dump // once it is read
	named   []pipeline.Cluster
}

func (f *liveFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.live, "live", false, "read the resources of a running cluster with kubectl, never Secrets; files take precedence over live resources of the same name; without paths, nothing else is read")
	f.addTarget(cmd)
	flags.Var(clusterValue{f}, "cluster", "`NAME=PATH,...` dump or configuration of one of several clusters of a mesh (repeatable); a client CLUSTER/NAMESPACE/NAME says which cluster is asked about, and so does --world")
	cmd.MarkFlagsMutuallyExclusive("live", "cluster")
}

// clusterName is what a cluster can be called: its name is part of labels.
var clusterName = lazy.Regexp(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`)

// clusterValue reads NAME=PATH,....
type clusterValue struct{ flags *liveFlags }

func (v clusterValue) String() string { return "" }
func (v clusterValue) Type() string   { return "string" }

func (v clusterValue) Set(text string) error {
	name, paths, found := strings.Cut(text, "=")
	switch {
	case !found || name == "" || paths == "":
		return fmt.Errorf("%q is not NAME=PATH", text)
	case !clusterName().MatchString(name):
		return fmt.Errorf("%q cannot be the name of a cluster: use letters, digits, '-', '_' and '.'", name)
	}
	i := slices.IndexFunc(v.flags.named, func(c pipeline.Cluster) bool { return c.Name == name })
	if i < 0 {
		i = len(v.flags.named)
		v.flags.named = append(v.flags.named, pipeline.Cluster{Name: name})
	}
	v.flags.named[i].Paths = append(v.flags.named[i].Paths, strings.Split(paths, ",")...)
	return nil
}

// within takes the cluster from the name of a workload, CLUSTER/NAMESPACE/NAME, and returns the rest.
func (f *liveFlags) within(workload string) (cluster, rest string) {
	name, rest, found := strings.Cut(workload, "/")
	if found && strings.Contains(rest, "/") && slices.ContainsFunc(f.named, func(c pipeline.Cluster) bool { return c.Name == name }) {
		return name, rest
	}
	return "", workload
}

// addTarget adds the flags that say which cluster is meant.
func (f *liveFlags) addTarget(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.kubectl.Context, "context", "", "kubeconfig `CONTEXT` of the cluster that is read (default: kubectl's current context)")
	flags.StringVar(&f.kubectl.Kubeconfig, "kubeconfig", "", "kubeconfig `FILE` (default: the one that kubectl finds)")
}

// read reads the cluster, once.
func (f *liveFlags) read(cmd *cobra.Command) ([]pipeline.Cluster, error) {
	switch {
	case !f.live && (f.kubectl.Context != "" || f.kubectl.Kubeconfig != ""):
		return nil, errors.New("--context and --kubeconfig say which cluster is read: add --live to read it")
	case !f.live:
		return f.named, nil
	}
	if err := f.collect(cmd); err != nil {
		return nil, fmt.Errorf("--live: %w", err)
	}
	var files []*source.File
	for _, file := range f.dump.Files {
		files = append(files, &source.File{Name: "live:" + file.Name, Data: file.Data})
	}
	return []pipeline.Cluster{{Files: files}}, nil
}

// collect asks kubectl, unless it was asked before.
func (f *liveFlags) collect(cmd *cobra.Command) error {
	if f.dump != nil {
		return nil
	}
	progress := output.StartProgress(cmd.ErrOrStderr())
	defer progress.Done()
	progress.Watch("reading the cluster", 0, 0)
	var err error
	f.dump, err = kubectl.Read(cmd.Context(), f.kubectl)
	return err
}
