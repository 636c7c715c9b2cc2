// Package examples_test has a real Envoy carry the requests of the examples.
package examples_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
	"sem.example/internal/pipeline"
	"sem.example/render"
	"sem.example/simulate"
)

// TestEnvoyAgrees renders each proxy of an example as a bootstrap that Envoy accepts, runs it, sends the requests of the
// example through it, and compares what happens with the traces.
func TestEnvoyAgrees(t *testing.T) {
	files, err := filepath.Glob("*/requests.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples with requests", err)
	}
	for _, f := range files {
		folder := filepath.Dir(f)
		t.Run(folder, func(t *testing.T) {
			world, err := pipeline.Load(pipeline.Options{Paths: []string{folder}})
			if err != nil {
				t.Fatal(err)
			}
			proxies := map[string]*envoytest.Proxy{}
			for _, call := range calls(t, f) {
				p, running := proxies[call.Proxy.Namespace+"/"+call.Proxy.Name]
				if !running {
					p = start(t, world, call.Proxy)
					proxies[call.Proxy.Namespace+"/"+call.Proxy.Name] = p
				}
				agrees(t, world, p, call)
			}
		})
	}
}

func calls(t *testing.T, file string) []simulate.Call {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []simulate.Call
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var call simulate.Call
		if err := json.Unmarshal(lines.Bytes(), &call); err != nil {
			t.Fatal(err)
		}
		out = append(out, call)
	}
	return out
}

// start runs Envoy for a proxy, once Envoy has accepted the bootstrap that users are given.
func start(t *testing.T, world *pipeline.World, p simulate.Proxy) *envoytest.Proxy {
	t.Helper()
	compiler, err := world.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	s := compiler.Snapshot()
	validate(t, s)
	return envoytest.Run(t, s, "")
}

func validate(t *testing.T, s *envoy.Snapshot) {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "bootstrap.json")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := render.Bootstrap(out, s, render.BootstrapOptions{Certs: filepath.Join(dir, "certs"), StandIns: true}); err != nil {
		t.Fatal(err)
	}
	if err := envoytest.Validate(t.Context(), envoytest.Required(t), name); err != nil {
		t.Error(err)
	}
}

func agrees(t *testing.T, world *pipeline.World, p *envoytest.Proxy, call simulate.Call) {
	t.Helper()
	trace, err := world.Trace(call, pipeline.TraceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	seen, err := p.Do(t.Context(), trace.Call)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range envoytest.Differences(trace, seen) {
		t.Errorf("%s: %s", call.ID, d)
	}
}
