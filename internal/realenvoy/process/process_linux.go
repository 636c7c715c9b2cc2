package process

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel end a process when this one ends, however it ends.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
