package simulate_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
	"sem.example/internal/realenvoy"
	"sem.example/simulate"
)

// TestScenariosByEnvoy has a real Envoy answer the calls of every scenario, and holds the traces against what it did.
// The section "not judged" of an archive excuses calls: a text that they hold, " # ", and why.
func TestScenariosByEnvoy(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts an Envoy for each scenario")
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { byEnvoy(t, file) })
	}
}

func byEnvoy(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, f := range a.Files {
		sections[f.Name] = string(f.Data)
	}
	s, err := envoy.Load([]byte(sections["envoy.json"]))
	if err != nil {
		t.Fatal(err)
	}
	engine, proxy := simulate.New(envoy.NewIndex(s)), envoytest.Run(t, s, "")
	for line := range strings.Lines(sections["calls"]) {
		var c simulate.Call
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		judge(t, proxy, engine.Trace(c), sections["not judged"])
	}
}

// chances is how often a call is made, for the choice among several ways and endpoints is random.
const chances = 40

func judge(t *testing.T, proxy *realenvoy.Envoy, trace *simulate.Trace, excused string) {
	t.Helper()
	call, _ := json.Marshal(trace.Call)
	for reason := range strings.Lines(excused) {
		if what, _, ok := strings.Cut(reason, " # "); ok && strings.Contains(string(call), what) {
			return
		}
	}
	for i := 1; ; i++ {
		seen, err := proxy.Do(t.Context(), trace.Call)
		if err != nil {
			t.Errorf("%s: %v", call, err)
			return
		}
		differences := realenvoy.Differences(trace, seen)
		if len(differences) == 0 {
			return
		}
		if i == chances || len(trace.Hops[0].Endpoints)+len(trace.Hops[0].Branches) < 2 {
			got, _ := json.Marshal(seen)
			t.Errorf("%s\n  %s\n  Envoy: %s", call, strings.Join(differences, "\n  "), got)
			return
		}
	}
}
