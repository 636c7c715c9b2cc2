package explain

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// TestWords words every decision about the calls of each archive in testdata/words, which are made like those of
// [TestScenarios].
func TestWords(t *testing.T) {
	folder, err := filepath.Abs(filepath.Join("testdata", "words"))
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no archives", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			runScenario(t, path, pipeline.TraceOptions{Why: true}, wordWriter{}.write)
		})
	}
}

// A wordWriter writes what is worded of answers, and each reason for a rejection once.
type wordWriter map[string]bool

func (w wordWriter) write(to *strings.Builder, t *simulate.Trace) {
	fmt.Fprintf(to, "%s %s from %s: %s\n", t.Call.Method, t.Call.URL, t.Call.Proxy.Name, t.Verdict)
	fmt.Fprintf(to, "  %s\n", t.Summary)
	for _, line := range []struct{ name, text string }{{"qualified", t.Qualification}, {"sees", t.Sees}, {"fix", t.Fix}} {
		if line.text != "" {
			fmt.Fprintf(to, "  %s: %s\n", line.name, line.text)
		}
	}
	for _, h := range t.Hops {
		for _, s := range h.Steps {
			fmt.Fprintf(to, "  %s %q: %s\n", s.Stage, s.Chose, s.Because)
			for _, r := range s.Rejected {
				if !w[r.Because] {
					w[r.Because] = true
					fmt.Fprintf(to, "    not %q: %s\n", r.Candidate, r.Because)
				}
			}
		}
		for _, p := range h.Policies {
			fmt.Fprintf(to, "  policy %s %s/%s rule %d %s: matched %t", p.Kind, p.Namespace, p.Name, p.Rule, p.Action, p.Matched)
			if f := p.Failed; f != nil {
				fmt.Fprintf(to, "; %s wants %q, got %q", f.Field, f.Want, f.Got)
			}
			fmt.Fprintln(to)
		}
	}
	for _, warning := range append(t.NotAdmitted, t.Warnings...) {
		fmt.Fprintf(to, "  %s: %s %s; %s\n", warning.Step, warning.ID, warning.Message, warning.Help)
	}
}
