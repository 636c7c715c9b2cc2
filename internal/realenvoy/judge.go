package realenvoy

import (
	"context"
	"fmt"
	"os"

	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// A Judge compares traces with a real Envoy. It starts one for each proxy that it is asked about, and keeps it for the next
// trace of that proxy.
type Judge struct {
	envoy   string
	running map[string]*Envoy
	dirs    []string
}

// NewJudge returns a judge that runs the executable of a path. The caller must close it.
func NewJudge(envoy string) *Judge { return &Judge{envoy: envoy, running: map[string]*Envoy{}} }

// Disagreements are the differences between the first hop of a trace and what Envoy does with the call, when it runs the
// resources of the call's proxy. The error is for an Envoy that does not run.
func (j *Judge) Disagreements(ctx context.Context, t *simulate.Trace, resources func() (*envoy.Snapshot, error)) ([]string, error) {
	key := fmt.Sprintf("%+v", t.Call.Proxy)
	p, running := j.running[key]
	if !running {
		var err error
		if p, err = j.start(ctx, resources); err != nil {
			return nil, fmt.Errorf("%s/%s in Envoy: %w", t.Call.Proxy.Namespace, t.Call.Proxy.Name, err)
		}
		j.running[key] = p
	}
	seen, err := p.Do(ctx, t.Call)
	if err != nil {
		return nil, err
	}
	return Differences(t, seen), nil
}

func (j *Judge) start(ctx context.Context, resources func() (*envoy.Snapshot, error)) (*Envoy, error) {
	s, err := resources()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sem-envoy-")
	if err != nil {
		return nil, err
	}
	j.dirs = append(j.dirs, dir)
	return Start(ctx, s, Options{Envoy: j.envoy, Dir: dir})
}

// Close ends what was started.
func (j *Judge) Close() {
	for _, p := range j.running {
		p.Close()
	}
	for _, dir := range j.dirs {
		_ = os.RemoveAll(dir) // best effort: it is the system's folder for what is temporary
	}
	clear(j.running)
	j.dirs = nil
}
