package recipe_test

import (
	"fmt"
	"os"
	"testing"

	"sem.example/internal/envoytest"
	"sem.example/internal/pipeline"
	"sem.example/internal/realenvoy"
	"sem.example/internal/recipe"
	"sem.example/internal/source"
	"sem.example/internal/suite"
	"sem.example/simulate"
)

// TestEnvoyAgrees has a real Envoy carry the requests of every test that a recipe writes.
func TestEnvoyAgrees(t *testing.T) {
	envoytest.Required(t)
	for i, use := range uses {
		t.Run(fmt.Sprintf("%s-%d", use.recipe, i), func(t *testing.T) {
			t.Parallel()
			made, wrong := recipe.Named(use.recipe).Fill(use.values)
			if wrong != nil {
				t.Fatal(wrong)
			}
			dir := write(t, made, "yaml")
			world, err := pipeline.Load(pipeline.Options{Paths: []string{dir}})
			if err != nil {
				t.Fatal(err)
			}
			proxies := map[string]*realenvoy.Envoy{}
			for _, call := range requests(t, dir) {
				carry(t, world, proxies, call)
			}
		})
	}
}

// requests are those of the test file in a folder.
func requests(t *testing.T, dir string) []simulate.Call {
	t.Helper()
	names, _ := source.FindTests([]string{dir})
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	file, found := suite.Read(&source.File{Name: names[0], Data: data})
	if len(found) > 0 {
		t.Fatal(found)
	}
	var calls []simulate.Call
	for _, c := range file.Cases {
		for _, r := range c.Requests {
			calls = append(calls, r.Call)
		}
	}
	return calls
}

// carry sends a call through its proxy, which is started at the first call for it.
func carry(t *testing.T, world *pipeline.World, proxies map[string]*realenvoy.Envoy, call simulate.Call) {
	t.Helper()
	name := call.Proxy.Namespace + "/" + call.Proxy.Name
	if proxies[name] == nil {
		compiler, err := world.Compile(call.Proxy)
		if err != nil {
			t.Fatal(err)
		}
		proxies[name] = envoytest.Run(t, compiler.Snapshot(), "")
	}
	trace, err := world.Trace(call, pipeline.TraceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	seen, err := proxies[name].Do(t.Context(), trace.Call)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range realenvoy.Differences(trace, seen) {
		t.Errorf("%s %v: %s", trace.Call.URL, trace.Call.Headers, d)
	}
}
