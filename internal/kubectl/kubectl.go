package kubectl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"sem.example/internal/subprocess"
)

// Options say which cluster is read, and what that may cost.
type Options struct {
	Context    string // of the kubeconfig; "" is the current one
	Kubeconfig string // its file; "" is where kubectl looks
	Timeout    time.Duration
}

// The limits of what kubectl may say and take.
const (
	timeout   = 2 * time.Minute
	request   = 60 * time.Second // for one answer of the API server
	maxOutput = 512 << 20        // bytes
	maxErrors = 64 << 10         // bytes of standard error that are kept
)

// arguments are those of kubectl for a command, with what says which cluster is meant.
func (o Options) arguments(command ...string) []string {
	args := append(command, "--request-timeout="+request.String())
	if o.Context != "" {
		args = append(args, "--context="+o.Context)
	}
	if o.Kubeconfig != "" {
		args = append(args, "--kubeconfig="+o.Kubeconfig)
	}
	return args
}

// errTooMuch ends a kubectl that says more than anybody can use.
var errTooMuch = fmt.Errorf("kubectl writes more than %d MiB", maxOutput>>20)

// run runs kubectl, hands its output on as it comes, and returns what it writes to standard error. The result failed reports that
// kubectl exited with a code other than 0, which it also does where it gives a part of what it was asked for.
func (o Options) run(ctx context.Context, take func(io.Reader) error, command ...string) (said string, failed bool, err error) {
	program, err := exec.LookPath("kubectl")
	if err != nil {
		return "", false, errors.New("there is no kubectl on the PATH: install it, or write the resources to files and read those")
	}
	limit := o.Timeout
	if limit == 0 {
		limit = timeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, o.arguments(command...)...)
	cmd.WaitDelay = time.Second
	stderr := &subprocess.Beginning{Limit: maxErrors}
	cmd.Stderr = stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", false, err
	}
	if err := cmd.Start(); err != nil {
		return "", false, fmt.Errorf("kubectl does not start: %w", err)
	}
	bounded := &io.LimitedReader{R: out, N: maxOutput + 1}
	taken := take(bounded)
	if taken != nil {
		cancel()
	}
	_, _ = io.Copy(io.Discard, bounded) // a kubectl that is writing does not end
	tooMuch := bounded.N <= 0
	if tooMuch {
		cancel()
	}
	ended := cmd.Wait()
	switch {
	case tooMuch:
		return "", true, errTooMuch
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", true, fmt.Errorf("kubectl did not answer within %s", limit)
	}
	var exit *exec.ExitError
	if ended != nil && !errors.As(ended, &exit) && taken == nil { // where it is not nil, this process ended kubectl
		return "", true, fmt.Errorf("kubectl: %w", ended)
	}
	return stderr.String(), ended != nil, taken
}

// lines are the lines of standard error that are for people, without warnings and what kubectl's libraries log.
func lines(said string) []string {
	var out []string
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "Warning:") && !logged().MatchString(line) {
			out = append(out, line)
		}
	}
	return out
}
