package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sem.example/internal/kubectl"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

// liveFlags say whether a running cluster is read, and which. They run a program, so a settings file cannot set them.
type liveFlags struct {
	live   bool
	target kubectl.Options
	dump   *kubectl.Dump // once it is read
}

func (f *liveFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.live, "live", false, "read the resources of a running cluster with kubectl, never Secrets; files take precedence over live resources of the same name; without paths, nothing else is read")
	f.addTarget(cmd)
}

// addTarget adds the flags that say which cluster is meant.
func (f *liveFlags) addTarget(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.target.Context, "context", "", "kubeconfig `CONTEXT` of the cluster that is read (default: kubectl's current context)")
	flags.StringVar(&f.target.Kubeconfig, "kubeconfig", "", "kubeconfig `FILE` (default: the one that kubectl finds)")
}

// read reads the cluster, once.
func (f *liveFlags) read(cmd *cobra.Command) ([]pipeline.Cluster, error) {
	switch {
	case !f.live && (f.target.Context != "" || f.target.Kubeconfig != ""):
		return nil, errors.New("--context and --kubeconfig say which cluster is read: add --live to read it")
	case !f.live:
		return nil, nil
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
	f.dump, err = kubectl.Read(cmd.Context(), f.target)
	return err
}
