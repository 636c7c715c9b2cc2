package output_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"sem.example/internal/output"
	"sem.example/simulate"
)

// A row that fits stays on one line though others break; and nothing passes the right edge that could be broken.
func TestTraceKeepsToTheWidth(t *testing.T) {
	at := []simulate.Place{{File: "mesh/reviews.yaml", Line: 12}}
	trace := &simulate.Trace{Verdict: simulate.Delivered, Call: simulate.Call{Method: "GET", URL: "http://reviews/"}, Hops: []simulate.Hop{{Steps: []simulate.Step{
		{Stage: "listener", Chose: "0.0.0.0_80", Because: "port 80 of Service shop/reviews", Origins: at},
		{Stage: "route", Chose: "rule 1 of 1", Because: `path starts with "/"`, Origins: at},
		{Stage: "rewrite", Chose: "path / → /" + strings.Repeat("long/", 9), Origins: at},
		{Stage: "cluster", Chose: "outbound|80||reviews.shop.svc.cluster.local", Because: "endpoints by EDS, and what else there is to say", Origins: at},
	}}}}
	for _, width := range []int{60, 80, 120} {
		var b strings.Builder
		if err := output.Trace(&b, trace, output.Look{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if w := lipgloss.Width(strings.TrimSuffix(line, "\n")); w > width {
				t.Errorf("%d columns in %d: %q", w, width, line)
			}
		}
		whole := strings.Contains(b.String(), `rule 1 of 1  path starts with "/"`)
		if want := width >= 80; whole != want {
			t.Errorf("at %d columns the short row on one line is %v, want %v:\n%s", width, whole, want, b.String())
		}
	}
}
