package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/diag"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// TestBatchOfScenarios makes the calls of the scenarios one by one, and then each as a line of a batch. The documents are equal.
func TestBatchOfScenarios(t *testing.T) {
	calls := 0
	for _, pattern := range []string{"traps/*.txtar", "script/trace_*.txtar"} {
		paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatal("no scenarios", err)
		}
		for _, path := range paths {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(filepath.Base(path), func(t *testing.T) { calls += batchScenario(t, a) })
		}
	}
	if calls < 50 {
		t.Errorf("the scenarios hold %d calls only", calls)
	}
}

// batchScenario compares the calls of a script, and counts them.
func batchScenario(t *testing.T, a *txtar.Archive) int {
	t.Chdir(t.TempDir())
	for _, f := range a.Files {
		if err := os.MkdirAll(filepath.Dir(f.Name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f.Name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	calls := 0
	for line := range strings.Lines(string(a.Comment)) {
		line, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(line), "! "), "exec sem trace ")
		if !ok || strings.ContainsAny(line, "$") || strings.Contains(line, "--batch") || strings.Contains(line, "--config-dump") || strings.Contains(line, "-o") {
			continue
		}
		args, err := words(line)
		if err != nil {
			t.Fatal(err)
		}
		one, code := traceText(append(args, "-o", "json", "--why=false", "--show-credentials"), "")
		if code == 2 {
			continue // the command line is refused
		}
		trace := &simulate.Trace{}
		if err := json.Unmarshal([]byte(one), trace); err != nil {
			t.Fatal(line, err)
		}
		batch, _ := traceText(append(inputsOf(args), "--batch", "-", "--follow", "--show-credentials"), asLine(t, trace.Call))
		if diff := cmp.Diff(indentedJSON(t, one), indentedJSON(t, batch)); diff != "" {
			t.Errorf("%s (-one +batch):\n%s", line, diff)
		}
		calls++
	}
	return calls
}

// inputsOf are the flags of a command line that say what is read.
func inputsOf(args []string) []string {
	var out []string
	for i, arg := range args {
		switch arg {
		case "-f", "--filename", "-n", "--namespace", "--mesh-config":
			out = append(out, args[i:i+2]...)
		}
	}
	return out
}

func traceText(args []string, stdin string) (stdout string, code int) {
	var out bytes.Buffer
	code = run(append([]string{"trace", "--no-config"}, args...), strings.NewReader(stdin), &out, io.Discard)
	return out.String(), code
}

func asLine(t *testing.T, call simulate.Call) string {
	t.Helper()
	line, err := json.Marshal(call)
	if err != nil {
		t.Fatal(err)
	}
	return string(line) + "\n"
}

func indentedJSON(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(strings.TrimSpace(text)), "", " "); err != nil {
		t.Fatal(text, err)
	}
	return out.String()
}

// TestBatchOfOracle makes the requests that were observed as batches, and one by one, each with nothing known of the others.
func TestBatchOfOracle(t *testing.T) {
	oracle := os.Getenv("SEM_ORACLE")
	if oracle == "" {
		t.Skip("SEM_ORACLE names no folder of judges")
	}
	cases, err := filepath.Glob(filepath.Join(oracle, "cases", "*", "mesh.yaml"))
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, mesh := range cases {
		dir := filepath.Dir(mesh)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			requests := observedRequests(t, filepath.Join(oracle, "*", filepath.Base(dir)+".*.jsonl"))
			if len(requests) > 0 {
				batchOracle(t, dir, requests)
			}
		})
	}
}

// observedRequests are the requests of the files of a pattern, a line each.
func observedRequests(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			var row struct{ Request json.RawMessage }
			if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
				t.Fatal(file, err)
			}
			if len(row.Request) > 0 {
				out = append(out, string(row.Request))
			}
		}
	}
	return out
}

func batchOracle(t *testing.T, dir string, requests []string) {
	input := pipeline.Options{Paths: []string{filepath.Join(dir, "mesh.yaml")}}
	args := []string{"-f", input.Paths[0], "--batch", "-", "--show-credentials"}
	if settings := filepath.Join(dir, "meshconfig.yaml"); exists(settings) {
		input.MeshConfig = settings
		args = append(args, "--mesh-config", settings)
	}
	world, err := pipeline.Load(input)
	if err != nil {
		t.Fatal(err)
	}
	text, code := traceText(args, strings.Join(requests, "\n"))
	batch := strings.Split(strings.TrimSpace(text), "\n")
	if len(batch) != len(requests) {
		t.Fatalf("%d answers to %d requests, exit code %d", len(batch), len(requests), code)
	}
	for i, request := range requests {
		var call simulate.Call
		if err := json.Unmarshal([]byte(request), &call); err != nil {
			t.Fatal(request, err)
		}
		one, err := explain.New(world, diag.Policy{}).Trace(call, pipeline.TraceOptions{})
		if err != nil {
			t.Fatal(request, err)
		}
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(one); err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(out.String()) != batch[i] {
			t.Errorf("%s (-one +batch):\n%s", request, cmp.Diff(indentedJSON(t, out.String()), indentedJSON(t, batch[i])))
		}
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
