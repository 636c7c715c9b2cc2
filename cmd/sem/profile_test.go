package main

import (
	"io"
	"strings"
	"testing"
)

// BenchmarkProfile runs commands in this process, where the profiler of the tests sees them: 'make profile WHAT=trace'.
func BenchmarkProfile(b *testing.B) {
	documents := benchEntry + benchRules
	mesh, small := benchMesh(b, 1_000, documents), benchMesh(b, 100, documents)
	changed := benchMesh(b, 100, strings.ReplaceAll(documents, "timeout: 5s", "timeout: 6s"))
	for what, args := range map[string][]string{
		"validate": {"validate", "--no-config", mesh},
		"trace":    {"trace", "--no-config", "-f", mesh, "--from", "team-1/client", "http://api-77.example.com/v1/x"},
		"render":   {"render", "--no-config", "-f", mesh, "--from", "team-1/client"},
		"diff":     {"diff", "--no-config", small, changed},
	} {
		b.Run(what, func(b *testing.B) {
			for b.Loop() {
				if code := run(args, strings.NewReader(""), io.Discard, io.Discard); code == exitFailed {
					b.Fatalf("%v failed", args)
				}
			}
		})
	}
}
