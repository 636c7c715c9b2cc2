package validate

import (
	"slices"
	"strings"
	"testing"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// TestExamples runs the examples of every check: the wrong one draws findings of that check and of no other, the right one
// draws none at all. Findings that only inform do not count.
func TestExamples(t *testing.T) {
	for _, check := range Checks() {
		t.Run(check.ID, func(t *testing.T) {
			wrong := graver(diagnose(t, check.Wrong, ""), check.Severity)
			if len(wrong) == 0 { // what does not exist is a fault only where the input is complete
				wrong = ofCheck(diagnose(t, check.Wrong, Closed), check)
			}
			if len(graver(wrong, check.Severity)) == 0 {
				t.Errorf("the wrong example draws no finding")
			}
			rejects := func(d diag.Diagnostic) bool { return d.Admission == diag.Rejected }
			if got := slices.ContainsFunc(ofCheck(slices.Clone(wrong), check), rejects); got != check.Rejects && check.ID != "SEM038" { // its rejection takes a body of 1 MiB
				t.Errorf("Rejects is %t, but findings of the wrong example that mean a rejection: %t", check.Rejects, got)
			}
			for _, d := range wrong {
				if d.Check.ID != check.ID {
					t.Errorf("the wrong example draws %s as well: %s", d.Check.ID, d.Message)
				}
			}
			for _, d := range graver(diagnose(t, check.Right, ""), check.Severity) {
				t.Errorf("the right example draws %s: %s", d.Check.ID, d.Message)
			}
		})
	}
}

// graver leaves out what only informs, unless that is what is asked for.
func graver(found diag.List, asked diag.Severity) diag.List {
	var kept diag.List
	for _, d := range found {
		if d.Level() != diag.Info || asked == diag.Info {
			kept = append(kept, d)
		}
	}
	return kept
}

// ofCheck returns the findings of one check.
func ofCheck(found diag.List, check *diag.Check) diag.List {
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Check.ID != check.ID })
}

// diagnose runs every check on a text.
func diagnose(t *testing.T, text string, registry Registry) diag.List {
	t.Helper()
	docs, problems := source.Parse(&source.File{Name: "example.yaml", Data: []byte(strings.TrimLeft(text, "\n"))})
	for _, p := range problems {
		t.Fatalf("example.yaml:%d: %s", p.Range.Line, p.Message)
	}
	objects, _, found := config.Decode(docs, "default")
	settings, _, _ := mesh.ReadSettings(docs)
	m, more := mesh.Build(objects, settings)
	found = append(append(found, more...), Run(Input{Mesh: m, Objects: objects, Registry: registry})...)
	found.Sort()
	return found
}

// TestCatalogue holds every check to a whole documentation and an ID of its own.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Checks() {
		if seen[c.ID] {
			t.Errorf("%s is registered twice", c.ID)
		}
		seen[c.ID] = true
		for field, text := range map[string]string{"Title": c.Title, "Why": c.Why, "Fix": c.Fix, "Wrong": c.Wrong, "Right": c.Right} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no %s", c.ID, field)
			}
		}
		if strings.HasSuffix(c.Title, ".") {
			t.Errorf("%s: a title has no full stop", c.ID)
		}
	}
}
