package main

import (
	"fmt"
	"io"
	"os"

	"sem.example/internal/kustomize"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

// The arguments with which sem runs itself to work within limits. They are not commands: only sem gives them.
const (
	evaluateCUE        = "evaluate-cue-within"
	buildKustomization = "build-kustomization-within"
)

// serves reports whether this process was started to work within limits, and does it.
func serves() bool {
	if len(os.Args) < 2 {
		return false
	}
	work := map[string]func(args []string, in io.Reader, out io.Writer) error{
		evaluateCUE: source.ServeCUE, buildKustomization: kustomize.Serve,
	}[os.Args[1]]
	if work == nil {
		return false
	}
	if err := work(os.Args[2:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitFailed)
	}
	return true
}

// limited returns options with which CUE is evaluated and kustomizations are built in processes of their own, which alone end where
// input costs more than the limits allow. Every command that reads input goes through here.
func limited(o pipeline.Options) pipeline.Options {
	o.CUE, o.Builder = isolated(o.CUE), builder()
	return o
}

// isolated has CUE evaluated in another process.
func isolated(limits source.CUELimits) source.CUELimits {
	if program, err := os.Executable(); err == nil {
		limits.Program = []string{program, evaluateCUE}
	}
	return limits
}

// builder is the command that builds kustomizations in another process.
func builder() []string {
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	return []string{program, buildKustomization}
}
