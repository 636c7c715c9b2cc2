package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

const undefinedSubset = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: web, subset: v9}}]
`

const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec: {host: web, subsets: [{name: v1}]}
`

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		archive      string
		how          ValidateOptions
		found        []string
		worlds       int
		alternatives *diag.Alternatives
		silenced     int
	}{
		"files are one mesh": {
			archive: "-- a.yaml --\n" + service + "-- b.yaml --\n" + undefinedSubset + "-- c.yaml --\n" + rule,
			found:   []string{"SEM105 b.yaml:7"},
			worlds:  1,
		},
		"each file is a mesh": {
			archive: "-- a.yaml --\n" + service + "-- b.yaml --\n" + undefinedSubset + "-- c.yaml --\n" + rule,
			how:     ValidateOptions{Each: true},
			worlds:  3,
		},
		"files that define the same resource are alternatives": {
			archive:      "-- base.yaml --\n" + service + "-- dev.yaml --\n" + rule + "-- prod.yaml --\n" + rule + "---\n" + undefinedSubset,
			found:        []string{"SEM105 prod.yaml:12"},
			worlds:       2,
			alternatives: &diag.Alternatives{First: "dev.yaml", Second: "prod.yaml", Resource: "networking.istio.io DestinationRule shop web", Worlds: 2},
		},
		"a file of several worlds is judged in one": {
			archive:      "-- base.yaml --\n" + service + "---\n" + undefinedSubset + "-- dev.yaml --\n" + rule + "-- prod.yaml --\n" + rule,
			found:        []string{"SEM105 base.yaml:12"},
			worlds:       2,
			alternatives: &diag.Alternatives{First: "dev.yaml", Second: "prod.yaml", Resource: "networking.istio.io DestinationRule shop web", Worlds: 2},
		},
		"a comment suppresses a finding": {
			archive:  "-- a.yaml --\n" + service + "---\n" + rule + "---\n# sem:ignore-file SEM105 -- not yet\n" + undefinedSubset,
			found:    []string{"SEM105 a.yaml:18 suppressed"},
			worlds:   1,
			silenced: 1,
		},
		"a suppression of nothing is a finding": {
			archive: "-- a.yaml --\n# sem:ignore-file SEM105 -- not yet\n" + service,
			found:   []string{"SEM299 a.yaml:1"},
			worlds:  1,
		},
		"a disabled check": {
			archive: "-- a.yaml --\n" + service + "---\n" + rule + "---\n" + undefinedSubset,
			how:     ValidateOptions{Policy: diag.Policy{Disable: []string{"SEM1"}}},
			worlds:  1,
		},
		"what refers to a resource with a mistake is not wrong, and nothing else is reported of it": {
			archive: "-- a.yaml --\n" + service + "---\n" + "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: web, namespace: shop}\nspec: {host: web, subsets: [{nam: v1}]}\n---\n" + undefinedSubset,
			found:   []string{"SEM022 a.yaml:9", "SEM020 a.yaml:9"},
			worlds:  1,
		},
		"a template that was not filled in has one finding": {
			archive: "-- a.yaml --\n" + service + "-- b.yaml --\n" + strings.ReplaceAll(strings.ReplaceAll(undefinedSubset, "hosts: [web]", "hosts: ['{{ .Host }}.example.com']"), "{host: web,", "{host: '{{ .Host }}',"),
			how:     ValidateOptions{Registry: "closed"},
			found:   []string{"SEM006 b.yaml:5"},
			worlds:  1,
		},
		"a file that cannot be read does not hide another": {
			archive: "-- a.yaml --\na: [\n-- b.yaml --\n" + service + "---\n" + rule + "---\n" + undefinedSubset,
			found:   []string{"SEM004 a.yaml:1", "SEM105 b.yaml:17"},
			worlds:  1,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.how.Policy.Disable = append(test.how.Policy.Disable, "SEM201") // the subset has no Pods in these archives
			report, err := Validate(input(test.archive), test.how)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.found, places(report.Findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.alternatives, report.Alternatives); diff != "" {
				t.Errorf("alternatives (-want +got):\n%s", diff)
			}
			if report.Worlds != test.worlds || len(report.Silenced) != test.silenced {
				t.Errorf("%d worlds, %d silenced", report.Worlds, len(report.Silenced))
			}
		})
	}
}

// A report counts what was read, also of several worlds.
func TestValidateCounts(t *testing.T) {
	const other = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: s, namespace: shop}\n"
	for name, how := range map[string]ValidateOptions{"one world": {}, "a world for each file": {Each: true}} {
		report, err := Validate(input("-- a.yaml --\n"+service+"---\n"+other+"-- b.yaml --\n"+entry), how)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{2, 3, 1}, []int{report.Files, report.Documents, report.Skipped}); diff != "" {
			t.Errorf("%s: files, documents, skipped (-want +got):\n%s", name, diff)
		}
	}
	if _, err := Validate(Options{FS: input("-- a.yaml --\n" + service).FS, Paths: []string{"none.yaml"}}, ValidateOptions{}); err == nil {
		t.Error("a path that is not there is no error")
	}
}

// A baseline leaves the findings that are in it out of what fails.
func TestBaseline(t *testing.T) {
	report := func(archive string) *diag.Report {
		r, err := Validate(input(archive), ValidateOptions{Policy: diag.Policy{Disable: []string{"SEM2"}}})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	before := report("-- a.yaml --\n" + service + "---\n" + rule + "---\n" + undefinedSubset)
	var fingerprints []string
	for i := range before.Findings {
		fingerprints = append(fingerprints, before.Findings[i].Fingerprint())
	}
	// The finding has moved to another line, and there is a second one.
	after := report("-- a.yaml --\n# one line more\n" + service + "---\n" + rule + "---\n" + undefinedSubset + "  - route: [{destination: {host: web, subset: v8}}]\n")
	after.Since(append(fingerprints, "gone"))
	if diff := cmp.Diff(&diag.Baseline{Unchanged: 1, Introduced: 1, Fixed: 1}, after.Baseline); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(after.Findings) != 2 || !after.Findings[0].Unchanged || after.Findings[1].Unchanged {
		t.Errorf("the second of %v is the new one", places(after.Findings))
	}
}

// Findings about some documents are those of the wanted checks, compared with all of the mesh.
func TestFindingsAbout(t *testing.T) {
	w := loaded(t, input("-- a.yaml --\n"+service+"---\n"+rule+"---\n"+undefinedSubset))
	all := func(*diag.Check) bool { return true }
	docs := w.Input.Documents
	tests := map[string]struct {
		documents []*source.Document
		wanted    func(*diag.Check) bool
		found     []string
	}{
		"of the VirtualService":    {docs[2:], all, []string{"SEM105 a.yaml:17"}},
		"of the Service":           {docs[:1], all, nil},
		"of no check that is kept": {docs[2:], func(c *diag.Check) bool { return c.ID != "SEM105" }, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.found, places(w.FindingsAbout(test.documents, test.wanted))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
