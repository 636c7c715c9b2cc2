package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkStart times the binary as a user starts it: what needs no input, and the answers of the README. Commands without an
// input may take at most so many times as long as a Go program that does nothing, in processor time of the quickest run of each:
// what they take beyond that is the initialisation of packages.
func BenchmarkStart(b *testing.B) {
	const atMost = 20
	dir := b.TempDir()
	bin, empty := filepath.Join(dir, "sem"), filepath.Join(dir, "empty")
	source := filepath.Join(dir, "empty.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	buildGo(b, bin, ".")
	buildGo(b, empty, source)
	for _, args := range [][]string{{"--help"}, {"version"}, {"completion", "bash"}} {
		b.Run(args[0], func(b *testing.B) {
			start, nothing := time.Hour, time.Hour
			var peak int64
			for b.Loop() {
				nothing = min(nothing, processorTime(b, exec.Command(empty)))
				cmd := exec.Command(bin, args...)
				start = min(start, processorTime(b, cmd))
				peak = max(peak, peakKB(cmd.ProcessState))
			}
			ratio := float64(start) / float64(nothing)
			b.ReportMetric(ratio, "x-empty")
			b.ReportMetric(float64(start.Microseconds())/1000, "cpu-ms")
			b.ReportMetric(float64(peak)/1024, "peak-MB")
			if b.N >= 10 && ratio > atMost {
				b.Errorf("%v takes %.1f times the processor time of an empty program, at most %d are allowed", args, ratio, atMost)
			}
		})
	}
	example := filepath.Join("..", "..", "examples", "redirect-to-external")
	for name, args := range map[string][]string{
		"trace":    {"trace", "--no-config", "-f", example, "--from", "default/proxy", "http://webserver/"},
		"validate": {"validate", "--no-config", example},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				processorTime(b, exec.Command(bin, args...))
			}
		})
	}
}

func buildGo(b *testing.B, bin, source string) {
	b.Helper()
	if out, err := exec.Command("go", "build", "-o", bin, source).CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
}

// processorTime runs a command and returns the processor time that it took, which other processes lengthen less than its duration.
func processorTime(b *testing.B, cmd *exec.Cmd) time.Duration {
	b.Helper()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%v: %v", cmd.Args, err)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
