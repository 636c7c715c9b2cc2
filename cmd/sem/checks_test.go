package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"sem.example/internal/output"
	"sem.example/internal/pipeline"
)

// TestChecksPage holds docs/checks.md to the checks that it documents.
func TestChecksPage(t *testing.T) {
	if testing.Short() {
		t.Skip("the page is made of every check")
	}
	var page bytes.Buffer
	if err := output.ChecksPage(&page, pipeline.Checks()); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("..", "..", "docs", "checks.md"), page.String())
}

// TestCatalogue holds every check to an ID of its own and to documentation that can be printed.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range pipeline.Checks() {
		if seen[c.ID] {
			t.Errorf("%s is used by two checks", c.ID)
		}
		seen[c.ID] = true
		if c.Title == "" || c.Why == "" || c.Fix == "" {
			t.Errorf("%s lacks a title, a reason or a remedy", c.ID)
		}
	}
}
