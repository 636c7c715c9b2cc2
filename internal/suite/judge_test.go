package suite

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// A stubborn judge finds that all requests for a path end elsewhere.
type stubborn struct {
	path   string
	asked  []string
	closed *int
}

func (j *stubborn) Disagreements(_ context.Context, t *simulate.Trace, resources func() (*envoy.Snapshot, error)) ([]string, error) {
	if s, err := resources(); err != nil || len(s.Clusters) == 0 {
		return nil, err
	}
	j.asked = append(j.asked, t.Call.URL)
	if t.Call.URL == "http://api.example.com"+j.path {
		return []string{"cluster: trace a, Envoy b"}, nil
	}
	return nil, nil
}

func (j *stubborn) Close() { *j.closed++ }

// A trace that meets its expectation fails all the same where the judge disagrees. What is skipped is not judged.
func TestJudge(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("mesh.yaml", `{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: api}, spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}}`)
	tests := write("mesh_test.yaml", `
request: {from: shop/web, host: api.example.com}
tests:
- request: {path: [/a, /b]}
  expect: {verdict: DELIVERED}
- {skip: later, request: {path: /c}}
- request: {url: "nonsense://x", path: null}
  expect: {verdict: UNSUPPORTED}
`)
	closed := 0
	judge := &stubborn{path: "/b", closed: &closed}
	report, err := NewRunner(Options{Judge: func() Judge { return judge }}).Run(t.Context(), []string{tests})
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, r := range report.Files[0].Results {
		got = append(got, said(r.Failures))
	}
	want := [][]string{nil, {"envoy: want a trace that Envoy agrees with, got cluster: trace a, Envoy b"}, nil, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"http://api.example.com/a", "http://api.example.com/b"}, judge.asked); diff != "" || closed != 1 {
		t.Errorf("asked (-want +got):\n%s\nclosed %d times", diff, closed)
	}
}
