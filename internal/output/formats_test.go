package output

import (
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"

	"cuelang.org/go/cue/cuecontext"
	cuejson "cuelang.org/go/encoding/json"
	"cuelang.org/go/encoding/jsonschema"
)

// TestSARIFSchema holds the SARIF report to the schema that OASIS publishes.
func TestSARIFSchema(t *testing.T) {
	data := sarifSchema(t)
	ctx := cuecontext.New()
	file, err := jsonschema.Extract(ctx.CompileBytes(data), &jsonschema.Config{})
	if err != nil {
		t.Fatal(err)
	}
	schema := ctx.BuildFile(file)
	if err := schema.Err(); err != nil {
		t.Fatal(err)
	}
	if err := cuejson.Validate([]byte(print(t, "sarif", sample())), schema); err != nil {
		t.Error("a report with findings:", err)
	}
	if err := cuejson.Validate([]byte(print(t, "sarif", clean())), schema); err != nil {
		t.Error("a clean report:", err)
	}
	broken := strings.Replace(print(t, "sarif", sample()), `"level": "note"`, `"level": "info"`, 1)
	if cuejson.Validate([]byte(broken), schema) == nil {
		t.Error("the schema accepts a level that SARIF does not have")
	}
}

// Results of a SARIF report refer to the rules of the run, and no region is empty.
func TestSARIFReferences(t *testing.T) {
	var log sarifLog
	if err := json.Unmarshal([]byte(print(t, "sarif", sample())), &log); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range log.Runs[0].Results {
		if rule := log.Runs[0].Tool.Driver.Rules[r.RuleIndex]; rule.ID != r.RuleID {
			t.Errorf("result %s refers to rule %s", r.RuleID, rule.ID)
		}
		if print := r.Fingerprints["sem/v1"]; seen[print] {
			t.Errorf("two results have the fingerprint %s", print)
		} else {
			seen[print] = true
		}
		for _, at := range append(r.Locations, r.Related...) {
			if g := at.Physical.Region; g != nil && (g.StartLine < 1 || g.StartColumn < 1 || g.EndLine < g.StartLine) {
				t.Errorf("region %+v", *g)
			}
		}
	}
}

// The counts of a JUnit report are those of its elements.
func TestJUnitCounts(t *testing.T) {
	var suites junitSuites
	if err := xml.Unmarshal([]byte(print(t, "junit", sample())), &suites); err != nil {
		t.Fatal(err)
	}
	tests, failures := 0, 0
	for _, s := range suites.Suites {
		failed := 0
		for _, c := range s.Cases {
			if len(c.Failures) > 0 {
				failed++
			}
		}
		if s.Tests != len(s.Cases) || s.Failures != failed {
			t.Errorf("suite %s counts %d tests and %d failures", s.Name, s.Tests, s.Failures)
		}
		tests, failures = tests+s.Tests, failures+failed
	}
	if suites.Tests != tests || suites.Failures != failures || failures != 2 {
		t.Errorf("%d tests, %d failures", suites.Tests, suites.Failures)
	}
}

// Every line of the output for GitHub is one workflow command, whatever the findings quote.
func TestGitHubCommands(t *testing.T) {
	command := regexp.MustCompile(`^::(error|warning|notice) ([a-zA-Z]+=[^,:]*)(,[a-zA-Z]+=[^,:]*)*::.+$`)
	for line := range strings.Lines(print(t, "github", sample())) {
		if !command.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("no command: %s", line)
		}
	}
}

// GitLab wants a fingerprint of its own for each issue, and a severity that it knows.
func TestGitLabIssues(t *testing.T) {
	var issues []gitlabIssue
	if err := json.Unmarshal([]byte(print(t, "gitlab", sample())), &issues); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, issue := range issues {
		if seen[issue.Fingerprint] || issue.Location.Lines.Begin < 1 || !strings.Contains("info minor major critical blocker", issue.Severity) {
			t.Errorf("%+v", issue)
		}
		seen[issue.Fingerprint] = true
	}
}
