package simulate

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/envoy"
)

// archives are those of the scenarios, from which fuzzing begins.
func archives(f *testing.F) []*txtar.Archive {
	f.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	var out []*txtar.Archive
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

// FuzzTrace asks a proxy of every scenario about any call. It may not panic, and always has a verdict.
func FuzzTrace(f *testing.F) {
	var engines []*Engine
	for _, a := range archives(f) {
		s, err := envoy.Load(archiveSection(a, "envoy.json"))
		if err != nil {
			f.Fatal(err)
		}
		engines = append(engines, New(envoy.NewIndex(s), Why()))
		for line := range strings.Lines(string(archiveSection(a, "calls"))) {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Call
		if json.Unmarshal(data, &c) != nil {
			return
		}
		for _, e := range engines {
			check(t, e.Trace(c))
		}
	})
}

// FuzzResources asks any proxy about a few calls.
func FuzzResources(f *testing.F) {
	for _, a := range archives(f) {
		f.Add(archiveSection(a, "envoy.json"))
	}
	calls := []Call{
		{URL: "http://h.example/a/../b?c=d", Address: "10.0.0.9"},
		{URL: "https://h.example/", Address: "10.0.0.9", Direction: "inbound", Principal: "spiffe://a/b", ALPN: "istio,h2"},
		{Address: "10.0.0.9", Port: 443, TLS: "tls", SNI: "a.b.example", Source: "10.0.0.9"},
		{Address: "fd00::1", Port: 1, Direction: "gateway"},
		{URL: "ws://h.example/x", Headers: map[string][]string{"authorization": {"Bearer a.e30.b"}, "to": {"x"}, "origin": {"o"}}},
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := envoy.Load(data)
		if err != nil {
			return
		}
		e := New(envoy.NewIndex(s), Why())
		for _, c := range calls {
			check(t, e.Trace(c))
		}
	})
}

func check(t *testing.T, trace *Trace) {
	t.Helper()
	if trace.Verdict == "" || len(trace.Hops) != 1 {
		t.Fatalf("no verdict: %+v", trace)
	}
	if _, err := json.Marshal(trace); err != nil {
		t.Fatal(err)
	}
}

// archiveSection is a file of an archive, nil where it has none of the name.
func archiveSection(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}
