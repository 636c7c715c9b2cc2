package main

import (
	"bufio"
	"io"
	"os"

	"sem.example/internal/pipeline"
)

// piped reads the standard input where no path is given and another program writes to it through a pipe, as in
// "helm template CHART | sem validate". A pipe that ends without a byte, which runners of jobs often attach, leaves the current
// folder.
func piped(stdin io.Reader, opts pipeline.Options) pipeline.Options {
	file, ok := stdin.(*os.File)
	if !ok || len(opts.Paths) > 0 {
		return opts
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return opts
	}
	text := bufio.NewReader(file)
	if _, err := text.Peek(1); err != nil {
		return opts
	}
	opts.Paths, opts.Stdin = []string{"-"}, text
	return opts
}
