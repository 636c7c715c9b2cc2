package simulate_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/envoy"
	"sem.example/internal/explain"
	"sem.example/simulate"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestScenarios answers the calls of each archive in testdata. An archive holds the resources of a proxy
// (envoy.json), calls (one JSON object a line), the answers, and in the section "show" which parts of a trace are looked at.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { scenario(t, file) })
	}
}

func scenario(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := envoy.Load(section(a, "envoy.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range snapshot.NotModelled {
		t.Errorf("%s: %s", n.What, n.Reason)
	}
	resources := envoy.NewIndex(snapshot)
	got := answers(t, resources, string(section(a, "calls")), strings.Fields(string(section(a, "show"))))
	if *update {
		a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "answers" })
		a.Files = append(a.Files, txtar.File{Name: "answers", Data: []byte(got)})
		if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(section(a, "answers")), got); d != "" {
		t.Errorf("answers (-want +got):\n%s", d)
	}
}

func section(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func answers(t *testing.T, resources envoy.Resources, calls string, show []string) string {
	t.Helper()
	var out strings.Builder
	var options []simulate.Option
	if slices.Contains(show, "rejected") {
		options = append(options, simulate.Why())
	}
	engine := simulate.New(resources, options...)
	for line := range strings.Lines(calls) {
		line = strings.TrimSpace(line)
		var c simulate.Call
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		fmt.Fprintf(&out, "%s\n", line)
		trace := engine.Trace(c)
		explain.Word(trace)
		outline(&out, trace, show)
	}
	return out.String()
}

// outline prints the parts of a trace that are shown.
func outline(out *strings.Builder, t *simulate.Trace, show []string) {
	h := t.Hops[0]
	fmt.Fprintf(out, "  %s\n", strings.TrimSpace(strings.Join([]string{string(t.Verdict), number(t.Status), t.ResponseFlags, h.Error}, " ")))
	parts := map[string]string{
		"summary": t.Summary, "sees": t.Sees, "fix": t.Fix, "log": t.AccessLog,
		"path":     strings.Join([]string{h.Listener, h.FilterChain, h.RouteConfig, h.VirtualHost, h.Route, h.Cluster}, " > "),
		"response": compact(h.Response), "destination": compact(h.Destination), "endpoints": compact(h.Endpoints), "tls": compact(h.TLS),
		"rewrite": compact(h.Rewrite), "headers": compact(h.Headers), "policy": compact(h.Policy), "branches": compact(h.Branches), "authorizers": compact(h.Authorizers),
		"notModelled": strings.Join(t.NotModelled, "; "), "listener": h.Listener, "filterChain": h.FilterChain, "virtualHost": h.VirtualHost,
		"route": h.Route, "cluster": h.Cluster, "protocol": h.Protocol,
	}
	for _, name := range show {
		if text := parts[name]; text != "" && text != "null" {
			fmt.Fprintf(out, "  %s: %s\n", name, text)
		}
	}
	if slices.Contains(show, "warnings") {
		for _, w := range t.Warnings {
			fmt.Fprintf(out, "  warning %s: %s (%s)\n", w.ID, w.Message, w.Help)
		}
	}
	for _, s := range h.Steps {
		if slices.Contains(show, "steps") || slices.Contains(show, s.Stage+"Step") {
			fmt.Fprintf(out, "  - %s: %s (%s)\n", s.Stage, s.Chose, s.Because)
			for _, c := range s.Rejected {
				fmt.Fprintf(out, "      not %s: %s\n", c.Candidate, c.Because)
			}
		}
	}
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func compact(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
