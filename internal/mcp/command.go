package mcp

import (
	"context"
	"errors"
	"fmt"
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

// maxArgument is how long an argument of a command may be, in bytes. Systems refuse longer ones, without a word about which.
const maxArgument = 64 << 10

// atOnce is how many commands run at once: an agent may ask as much as it likes, and each takes the memory of a mesh.
const atOnce = 4

// Command returns a Runner that starts sem, which is the program, for each question. The flags are added to each command. Its input
// is empty.
func Command(program string, flags ...string) Runner {
	places := make(chan struct{}, atOnce)
	return func(ctx context.Context, args []string) (Result, error) {
		if err := short(args); err != nil {
			return Result{}, err
		}
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		case <-ctx.Done():
			return Result{}, ctx.Err()
		}
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

// short returns an error for arguments that are too long for a command, one of them or all together.
func short(args []string) error {
	sum := 0
	for _, arg := range args {
		sum += len(arg)
		if len(arg) > maxArgument || sum > 8*maxArgument {
			return fmt.Errorf("the argument %.40s… is too long: one can have %d KiB, all together %d KiB", arg, maxArgument>>10, 8*maxArgument>>10)
		}
	}
	return nil
}
