package main

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkStart times the binary as a user starts it: its help, and the answer of the README.
func BenchmarkStart(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "sem")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	example := filepath.Join("..", "..", "examples", "redirect-to-external")
	for name, args := range map[string][]string{
		"help":     {"--help"},
		"trace":    {"trace", "--no-config", "-f", example, "--from", "default/proxy", "http://webserver/"},
		"validate": {"validate", "--no-config", example},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if out, err := exec.Command(bin, args...).CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
		})
	}
}
