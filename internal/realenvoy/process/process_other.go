//go:build !linux

package process

import "os/exec"

// endWithParent would have the system end a process when this one ends; only Linux can.
func endWithParent(*exec.Cmd) {}
