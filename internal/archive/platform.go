package main

import (
	"fmt"
	"os"
	"os/exec"
)

// A platform is what a binary runs on, in Go's words.
type platform struct{ goos, goarch string }

func (p platform) String() string { return p.goos + "/" + p.goarch }

// binary is the name of the program.
func (p platform) binary() string {
	if p.goos == "windows" {
		return "sem.exe"
	}
	return "sem"
}

// compile builds the static binary. Whatever of the builder's settings could change it is set here.
func (p platform) compile(binary, version string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-mod=readonly",
		"-tags", "kustomize_disable_go_plugin_support", "-ldflags", fmt.Sprintf("-s -w -X main.version=%s", version), "-o", binary, "./cmd/sem")
	cmd.Env = append(os.Environ(), "GOOS="+p.goos, "GOARCH="+p.goarch, "CGO_ENABLED=0",
		"GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}
