package examples_test

import (
	"bytes"
	"testing"

	"sem.example/internal/output"
	"sem.example/internal/source"
	"sem.example/internal/suite"
)

// TestRequests runs the request tests of all examples, as 'sem test examples' does.
func TestRequests(t *testing.T) {
	names, _ := source.FindTests(nil)
	report, err := suite.NewRunner(suite.Options{}).Run(t.Context(), names)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 || report.Failed() || report.Broken() {
		t.Error(text(t, report))
	}
}

func text(t *testing.T, r *suite.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := output.Tests(&b, r, false, output.Look{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
