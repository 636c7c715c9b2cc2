package diag_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// The wrong example of a check draws that finding and no other, the right one draws none.
func TestExamples(t *testing.T) {
	for _, check := range diag.Input {
		if check.Wrong == "" {
			continue
		}
		t.Run(check.ID, func(t *testing.T) {
			for _, d := range diagnose(t, check.Right) {
				t.Errorf("right: %s %s", d.Check.ID, d.Message)
			}
			wrong := diagnose(t, check.Wrong)
			if len(wrong) == 0 {
				t.Error("wrong: no finding")
			}
			for _, d := range wrong {
				if d.Check != check || !d.At.Range().Known() || d.Message == "" {
					t.Errorf("wrong: %s %v %s", d.Check.ID, d.At.Range(), d.Message)
				}
			}
		})
	}
}

func diagnose(t *testing.T, text string) diag.List {
	t.Helper()
	name := filepath.Join(t.TempDir(), "example.yaml")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	in, problems := source.Read([]string{name}, source.Options{})
	found := diag.Problems(problems)
	_, _, more := config.Decode(in.Documents, "default")
	found = append(found, more...)
	for _, doc := range in.Documents {
		if config.HoldsMeshConfig(doc) {
			_, more := config.ReadMeshConfig(doc)
			found = append(found, more...)
		}
	}
	return found
}

// Every check is documented as a whole and has an ID of its own.
func TestDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range diag.Input {
		if seen[c.ID] {
			t.Errorf("%s is listed twice", c.ID)
		}
		seen[c.ID] = true
		if c.Title == "" || strings.HasSuffix(c.Title, ".") || c.Why == "" || c.Fix == "" || c.Severity == "" || (c.Wrong == "") != (c.Right == "") {
			t.Errorf("%s is not documented as a whole", c.ID)
		}
	}
}
