package validate

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
	"sem.example/schema"
)

// agreed is how many verdicts have to agree with admission.
const agreed = 2755

// TestVerdicts compares what findings foretell of admission with what the API server and Istio's webhook say.
func TestVerdicts(t *testing.T) {
	dir := os.Getenv("SEM_ORACLE")
	if dir == "" {
		t.Skip("SEM_ORACLE does not name the folder of the verdicts")
	}
	names, err := filepath.Glob(filepath.Join(dir, "verdicts", "*.jsonl"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no verdicts in %s: %v", dir, err)
	}
	agree, total := 0, 0
	for _, name := range names {
		a, n := compareVerdicts(t, name)
		agree, total = agree+a, total+n
	}
	t.Logf("%d of %d verdicts agree", agree, total)
	if agree < agreed {
		t.Errorf("%d verdicts agree, want at least %d", agree, agreed)
	}
}

// TestGatewayAPIVerdicts does so with documents of the Gateway API. Their verdicts are those of Kubernetes' own validation against
// the CRDs of sigs.k8s.io/gateway-api, for mutations of right documents.
func TestGatewayAPIVerdicts(t *testing.T) {
	dir := filepath.Join("testdata", "verdicts")
	if fresh := os.Getenv("SEM_VERDICTS"); fresh != "" {
		dir = fresh
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no verdicts: %v", err)
	}
	seeds := seedsOfVerdicts(t)
	for _, name := range names {
		agree, total := 0, 0
		for _, row := range rowsOf[changedSeed](t, name) {
			total++
			if compareVerdict(t, row.verdict(t, seeds)) {
				agree++
			}
		}
		if agree < total {
			t.Errorf("%s: %d of %d verdicts agree", filepath.Base(name), agree, total)
		}
	}
}

// A changedSeed is a document, as what differs from one of the seeds of its kind, and its verdict.
type changedSeed struct {
	ID      string
	Seed    int
	Changes []struct {
		At      []any
		To      json.RawMessage
		Removed bool
	}
	Verdict, Why string
}

// seedsOfVerdicts are the documents that were changed, by kind in lower case.
func seedsOfVerdicts(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "verdicts", "generator", "seeds.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	seeds := map[string][]string{}
	for part := range strings.SplitSeq(string(text), "\n---\n") {
		doc, err := yaml.YAMLToJSON([]byte(part))
		if err != nil {
			t.Fatal(err)
		}
		var of struct{ Kind string }
		if err := json.Unmarshal(doc, &of); err != nil {
			t.Fatal(err)
		}
		seeds[strings.ToLower(of.Kind)] = append(seeds[strings.ToLower(of.Kind)], string(doc))
	}
	return seeds
}

func (r changedSeed) verdict(t *testing.T, seeds map[string][]string) verdictRow {
	t.Helper()
	kind, _, _ := strings.Cut(r.ID, "-")
	var doc any
	if err := json.Unmarshal([]byte(seeds[kind][r.Seed]), &doc); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Changes {
		parent := doc
		for _, step := range c.At[:len(c.At)-1] {
			if key, ok := step.(string); ok {
				parent = parent.(map[string]any)[key]
			} else {
				parent = parent.([]any)[int(step.(float64))]
			}
		}
		switch last := c.At[len(c.At)-1].(type) {
		case string:
			if parent.(map[string]any)[last] = c.To; c.Removed {
				delete(parent.(map[string]any), last)
			}
		case float64:
			parent.([]any)[int(last)] = c.To
		}
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return verdictRow{ID: r.ID, Document: text, Verdict: r.Verdict, Why: map[string]string{"crd": r.Why}}
}

func compareVerdicts(t *testing.T, name string) (agree, total int) {
	t.Helper()
	for _, row := range rowsOf[verdictRow](t, name) {
		total++
		if compareVerdict(t, row) {
			agree++
		}
	}
	return agree, total
}

// A verdictRow is a document and its verdict.
type verdictRow struct {
	ID       string
	Document json.RawMessage
	Verdict  string
	Why      map[string]string
}

// rowsOf reads a file of JSON rows.
func rowsOf[T any](t *testing.T, name string) []T {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []T
	for lines := json.NewDecoder(f); ; {
		var row T
		if err := lines.Decode(&row); err == io.EOF {
			return rows
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rows = append(rows, row)
	}
}

func compareVerdict(t *testing.T, v verdictRow) bool {
	t.Helper()
	found := everything(v.ID, v.Document)
	got := foretold(found)
	if got == v.Verdict {
		return true
	}
	t.Logf("%s: want %s, got %s; %v", v.ID, v.Verdict, got, v.Why)
	for _, d := range found {
		t.Logf("    %s %s %s: %s", d.Check.ID, d.Admission, d.At.Field, d.Message)
	}
	return false
}

// everything returns all findings of one document.
func everything(name string, data []byte) diag.List {
	docs, _ := source.Parse(&source.File{Name: name, Data: data})
	var found diag.List
	for _, doc := range docs {
		found = append(found, schema.Check(doc)...)
	}
	objects, _, more := config.Decode(docs, "default")
	m, built := mesh.Build(objects, mesh.Settings{})
	found = append(append(found, more...), built...)
	return append(found, Run(Input{Mesh: m, Objects: objects, Registry: Open})...)
}

// foretold returns the verdict that findings foretell.
func foretold(found diag.List) string {
	verdict := "ok"
	for _, d := range found {
		switch {
		case d.Admission == diag.Rejected:
			return "error"
		case d.Admission == diag.Warned:
			verdict = "warning"
		}
	}
	return verdict
}
