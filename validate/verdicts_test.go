package validate

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

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
	dir := filepath.Join("..", "testdata", "verdicts")
	if fresh := os.Getenv("SEM_VERDICTS"); fresh != "" {
		dir = fresh
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no verdicts: %v", err)
	}
	for _, name := range names {
		agree, total := compareVerdicts(t, name)
		if agree < total {
			t.Errorf("%s: %d of %d verdicts agree", filepath.Base(name), agree, total)
		}
	}
}

func compareVerdicts(t *testing.T, name string) (agree, total int) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var v struct {
			ID       string
			Document json.RawMessage
			Verdict  string
			Why      map[string]string
		}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		found := everything(v.ID, v.Document)
		total++
		if got := foretold(found); got == v.Verdict {
			agree++
		} else {
			t.Logf("%s: want %s, got %s; %v", v.ID, v.Verdict, got, v.Why)
			for _, d := range found {
				t.Logf("    %s %s %s: %s", d.Check.ID, d.Admission, d.At.Field, d.Message)
			}
		}
	}
	return agree, total
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
