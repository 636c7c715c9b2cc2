package realenvoy_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
	"sem.example/internal/realenvoy"
)

// TestReplay sends the requests of the oracle through the harness, which must see what was seen in a pod.
func TestReplay(t *testing.T) {
	oracle := os.Getenv("SEM_ORACLE")
	if oracle == "" {
		t.Skip("SEM_ORACLE does not name the folder of the oracle")
	}
	files, err := filepath.Glob(filepath.Join(oracle, "requests", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatal("no requests in the oracle", err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".jsonl")
		t.Run(name, func(t *testing.T) {
			dot := strings.LastIndexByte(name, '.')
			if testing.Short() {
				t.Skip("it takes a minute")
			}
			replay(t, load(t, filepath.Join(oracle, "cases", name[:dot], name[dot+1:]+".xds.json")), rows(t, f))
		})
	}
}

// chances is how often a request is sent at most, since the choice among weighted routes is random: of a thousand tries one
// takes even a branch of one in a hundred, all but once in 20,000 runs.
const chances = 1000

func replay(t *testing.T, s *envoy.Snapshot, rows []row) {
	p, endpoints := envoytest.Run(t, s, ""), endpointsOf(s)
	for _, r := range rows {
		if r.unfit() {
			continue
		}
		got, differences := r.send(t, p, endpoints)
		if len(differences) > 0 {
			t.Errorf("%s: %s\n  call %s\n  want %s\n   got %s", r.ID, strings.Join(differences, "; "), text(t, r.Request), text(t, r.Observed), text(t, got))
		}
	}
}

func text(t *testing.T, v any) []byte {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (r row) send(t *testing.T, p *realenvoy.Envoy, endpoints map[string]bool) (got realenvoy.Observation, differences []string) {
	t.Helper()
	for range chances {
		var err error
		if got, err = p.Do(t.Context(), r.Request); err != nil {
			t.Fatal(r.ID, err)
		}
		if differences = r.differences(got, endpoints); len(differences) == 0 {
			break
		}
	}
	return got, differences
}

func load(t *testing.T, path string) *envoy.Snapshot {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := envoy.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func rows(t *testing.T, path string) []row {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []row
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}
