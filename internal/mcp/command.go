package mcp

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"time"

	"sem.example/internal/subprocess"
)

// limit is how much of an answer is kept, in bytes: an agent reads all of it.
const limit = 128 << 10

// patience is how long a command may take.
const patience = 2 * time.Minute

// Command returns a Runner that starts sem, which is the program, for each question. The flags are added to each command. Its input
// is empty.
func Command(program string, flags ...string) Runner {
	return func(ctx context.Context, args []string) (Result, error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		out, said := subprocess.Beginning{Limit: limit}, subprocess.Beginning{Limit: limit}
		command := exec.CommandContext(ctx, program)
		command.Args = slices.Concat([]string{"sem"}, args[:1], flags, args[1:])
		command.Stdout, command.Stderr = &out, &said
		command.Env = append(os.Environ(), "NO_COLOR=1", "COLUMNS=120")
		command.Cancel = func() error { return command.Process.Signal(os.Interrupt) } // it removes its temporary files
		command.WaitDelay = 5 * time.Second
		err := command.Run()
		var exit *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return Result{}, errors.New("the command took longer than two minutes, or was cancelled")
		case err != nil && !errors.As(err, &exit):
			return Result{}, err
		}
		return Result{Exit: command.ProcessState.ExitCode(), Stdout: out.String(), Stderr: said.String(), Cut: out.Cut}, nil
	}
}
