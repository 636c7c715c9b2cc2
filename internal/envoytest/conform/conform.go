package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
	"sem.example/internal/envoytest/probe"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

type options struct {
	envoy   string
	seed    uint64
	limit   int
	verbose bool
}

// A subject is one proxy of one mesh, to be held against Envoy.
type subject struct {
	mesh  string
	proxy simulate.Proxy
	world *pipeline.World
}

// conform holds the proxies of all folders against Envoy, as many at once as there are processors.
func conform(ctx context.Context, o options, folders []string) (*report, error) {
	subjects, err := subjectsOf(folders)
	if err != nil {
		return nil, err
	}
	r := &report{options: o, results: make([]result, len(subjects))}
	var wait sync.WaitGroup
	turns := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range turns {
				r.results[i] = hold(ctx, o, subjects[i])
			}
		})
	}
	for i := range subjects {
		turns <- i
	}
	close(turns)
	wait.Wait()
	return r, nil
}

func subjectsOf(folders []string) ([]subject, error) {
	var out []subject
	for _, folder := range folders {
		proxies, err := proxiesOf(folder)
		if err != nil {
			return nil, err
		}
		if len(proxies) == 0 {
			continue
		}
		world, err := load(folder)
		if err != nil {
			return nil, err
		}
		for _, p := range proxies {
			out = append(out, subject{mesh: filepath.Base(folder), proxy: p, world: world})
		}
	}
	return out, nil
}

// load reads a mesh: the document mesh.yaml with the settings beside it, or else all that the folder holds.
func load(folder string) (*pipeline.World, error) {
	o := pipeline.Options{Paths: []string{folder}}
	if document := filepath.Join(folder, "mesh.yaml"); exists(document) {
		o.Paths = []string{document}
		if settings := filepath.Join(folder, "meshconfig.yaml"); exists(settings) {
			o.MeshConfig = settings
		}
	}
	return pipeline.Load(o)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// proxiesOf returns the proxies of a folder, each once.
func proxiesOf(folder string) ([]simulate.Proxy, error) {
	var out []simulate.Proxy
	text, err := os.ReadFile(filepath.Join(folder, "proxies.json"))
	switch {
	case err == nil:
		return out, json.Unmarshal(text, &out)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	f, err := os.Open(filepath.Join(folder, "requests.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	seen := map[string]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var call simulate.Call
		if err := json.Unmarshal(lines.Bytes(), &call); err != nil {
			return nil, err
		}
		if key := fmt.Sprint(call.Proxy); !seen[key] {
			seen[key] = true
			out = append(out, call.Proxy)
		}
	}
	return out, nil
}

// hold sends one proxy's calls through Envoy and through the simulator.
func hold(ctx context.Context, o options, s subject) result {
	r := result{mesh: s.mesh, proxy: s.proxy.Namespace + "/" + s.proxy.Name}
	if ctx.Err() != nil {
		r.trouble = "not run: out of time"
		return r
	}
	compiler, err := s.world.Compile(s.proxy)
	if err == nil {
		snapshot := compiler.Snapshot()
		err = r.compare(ctx, o, s.proxy, snapshot, simulate.New(envoy.NewIndex(snapshot)))
	}
	if err != nil {
		r.trouble = err.Error()
	}
	return r
}

// compare runs a snapshot in Envoy and asks the simulator about the same calls.
func (r *result) compare(ctx context.Context, o options, proxy simulate.Proxy, s *envoy.Snapshot, engine *simulate.Engine) error {
	dir, err := os.MkdirTemp("", "conform-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := envoytest.Start(ctx, s, envoytest.Options{Envoy: o.envoy, Dir: dir})
	if err != nil {
		return err
	}
	defer p.Close()
	for _, call := range probe.Calls(s, proxy, o.seed, o.limit) {
		seen, err := p.Do(ctx, call)
		if err != nil {
			return fmt.Errorf("%s: %w", describe(call), err)
		}
		r.add(call, seen, envoytest.Differences(engine.Trace(call), seen))
	}
	return nil
}
