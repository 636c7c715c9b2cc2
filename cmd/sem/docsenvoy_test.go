package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sem.example/internal/envoytest"
	"sem.example/internal/pipeline"
	"sem.example/internal/realenvoy"
	"sem.example/simulate"
)

// TestPagesAgreeWithEnvoy has a real Envoy carry the request of every trace that a page shows about a mesh of its own, and
// compares what happens at the first proxy with what the page says.
func TestPagesAgreeWithEnvoy(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts an Envoy for every trace of every page")
	}
	t.Setenv("SEM_ENVOY", envoytest.Required(t)) // the pages are worked through in folders outside the project
	t.Chdir(filepath.Join("..", ".."))
	for _, page := range pages(t) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if !ownFile.Match(data) {
			continue
		}
		t.Run(page, func(t *testing.T) {
			workplace(t)
			_, err := rerun(string(data), func(line string) string {
				if strings.HasPrefix(line, "sem trace ") {
					t.Run(line, func(t *testing.T) { judge(t, line) })
				}
				return ""
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// judge runs the proxy of a command line and makes its call.
func judge(t *testing.T, line string) {
	args, err := words(line)
	if err != nil {
		t.Fatal(err)
	}
	opts := pipeline.Options{Namespace: "default"}
	for i, arg := range args {
		if arg == "-f" {
			opts.Paths = append(opts.Paths, args[i+1])
		}
		opts.Assume.Nothing = opts.Assume.Nothing || arg == "--no-assume"
	}
	opts.MeshConfig = settingOf(t, "mesh-config")
	world, err := pipeline.Load(opts)
	if err != nil {
		t.Fatal(err)
	}
	trace, err := world.Trace(callOf(t, args), pipeline.TraceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	compiler, err := world.Compile(trace.Call.Proxy)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := envoytest.Run(t, compiler.Snapshot(), "").Do(t.Context(), trace.Call)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range realenvoy.Differences(trace, seen) {
		t.Error(d)
	}
}

// callOf is the call that "sem trace" makes of its arguments.
func callOf(t *testing.T, args []string) simulate.Call {
	t.Helper()
	args = slices.DeleteFunc(slices.Clone(args[1:]), func(arg string) bool { return arg == "-o" || strings.HasPrefix(arg, "markdown") })
	var stdout, stderr bytes.Buffer
	run(append(args, "-o", "json"), strings.NewReader(""), &stdout, &stderr)
	var trace simulate.Trace
	if err := json.Unmarshal(stdout.Bytes(), &trace); err != nil {
		t.Fatal(err, stderr.String())
	}
	return trace.Call
}

// settingOf is a flag that the settings file of the page sets.
func settingOf(t *testing.T, flag string) string {
	t.Helper()
	if _, err := os.Stat(settingsName); err != nil {
		return ""
	}
	s, err := readSettings(newRoot(), settingsName, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Flags {
		if f.flag == flag {
			return f.value
		}
	}
	return ""
}
