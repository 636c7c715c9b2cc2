package schema_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"sem.example/internal/source"
	"sem.example/schema"
)

// floors are how many of the documents that admission rejects the schema rejects by itself; the others take package validate.
var floors = map[string]int{
	"AuthorizationPolicy": 138, "DestinationRule": 139, "Gateway": 150, "PeerAuthentication": 110, "RequestAuthentication": 82,
	"ServiceEntry": 147, "Sidecar": 144, "VirtualService": 139, "WorkloadEntry": 150, "WorkloadGroup": 147,
}

// A verdict is what the API server and the webhook say of a document.
type verdict struct {
	ID       string
	Document json.RawMessage
	Verdict  string
	Why      map[string]string
}

// verdicts reads the documents whose verdict is known, where the environment says where they are.
func verdicts(t testing.TB) []verdict {
	t.Helper()
	if testing.Short() {
		t.Skip("one goroutine reads them, which the race detector need not see")
	}
	dir := os.Getenv("SEM_ORACLE")
	if dir == "" {
		t.Skip("SEM_ORACLE does not name the folder of the verdicts")
	}
	names, err := filepath.Glob(filepath.Join(dir, "verdicts", "*.jsonl"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no verdicts in %s: %v", dir, err)
	}
	var all []verdict
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var v verdict
			if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all = append(all, v)
		}
	}
	return all
}

func (v verdict) parse(t testing.TB) *source.Document {
	t.Helper()
	docs, problems := source.Parse(&source.File{Name: v.ID + ".json", Data: v.Document})
	if len(docs) != 1 {
		t.Fatalf("%s: %v", v.ID, problems)
	}
	return docs[0]
}

// TestVerdicts holds the schema to what admission says: it rejects nothing that is admitted.
func TestVerdicts(t *testing.T) {
	rejected := map[string]int{}
	for _, v := range verdicts(t) {
		doc := v.parse(t)
		found := schema.Check(doc)
		switch {
		case len(found) == 0:
		case v.Verdict == "error":
			rejected[doc.Kind]++
		default:
			t.Errorf("%s is admitted, yet draws %s at %s: %s", v.ID, found[0].Check.ID, found[0].At.Field, found[0].Message)
		}
	}
	for kind, floor := range floors {
		if rejected[kind] < floor {
			t.Errorf("%s: %d documents are rejected, want at least %d", kind, rejected[kind], floor)
		}
	}
	t.Log(rejected)
}
