package output

import (
	"bytes"
	"flag"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

var update = flag.Bool("update", false, "rewrite goldens")

var broad = &diag.Check{ID: "SEM900", Title: "host is too broad", Severity: diag.Error, Aliases: []string{"IST0001"},
	Why: "A host of * takes the traffic of every other host.", Fix: "Name the hosts that are meant, one by one, in the order in which they matter.",
	Wrong: "hosts: ['*']\n", Right: "hosts: [a]\n"}

var odd = &diag.Check{ID: "SEM901", Title: "weight is odd", Severity: diag.Warning, Why: "Odd weights are odd.", Fix: "Use even weights."}

// sample is a report with all that a format has to cope with.
func sample() *diag.Report {
	file := &source.File{Name: "mesh/web & co.yaml", Data: []byte(`---
# Source: chart/templates/web.yaml
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: ["*"] # a comment that makes this line much longer than a terminal of eighty columns is wide, so that it is cut
  http:
  - route: [{destination: {host: größe, subset: v1}, weight: 33}]
---
apiVersion: v1
kind: Service
metadata: {name: clean}
`)}
	docs, _ := source.Parse(file)
	web := docs[0]
	at := func(field string) source.Place { return source.Place{Doc: web, Field: field} }
	long := strings.Repeat("this is said at length, ", 6) + "and then it ends"
	return &diag.Report{
		Input: &source.Input{Files: []*source.File{file}, Documents: docs}, Files: 1, Documents: 2, Skipped: 1,
		Findings: diag.List{
			{Check: broad, Admission: diag.Rejected, At: at("spec.hosts[0]"), Message: "the host \"*\" <takes> 100% of the traffic, and\nmore",
				Related: []diag.Related{{Place: at("spec.http"), Note: "the routes that it takes"}}},
			{Check: odd, At: at("spec.http[0].route[0].weight"), Message: "the weight 33 is odd", Help: long},
			{Check: odd, Severity: diag.Info, At: at("spec.tls"), Message: "no TLS routes"},
			{Check: odd, At: at("metadata"), Message: "suppressed", Suppressed: &diag.Suppressed{Reason: "as agreed"}},
			{Check: diag.Unreadable, At: source.Place{File: &source.File{Name: "gone.yaml"}}, Message: "there is no such file or folder"},
		},
	}
}

func clean() *diag.Report {
	r := sample()
	r.Findings = nil
	return r
}

// TestReports holds every format to its golden, for a report with findings and for one without.
func TestReports(t *testing.T) {
	const name = "testdata/reports.txtar"
	want := map[string]string{}
	if golden, err := txtar.ParseFile(name); err == nil {
		for _, f := range golden.Files {
			want[f.Name] = string(f.Data)
		}
	}
	got := &txtar.Archive{Comment: []byte("What each format makes of a report, and of one without findings.\n\n")}
	for _, format := range append([]string{"text"}, slices.Sorted(maps.Keys(ReportFormats))...) {
		for _, section := range []struct {
			name   string
			report *diag.Report
		}{{"findings." + format, sample()}, {"clean." + format, clean()}} {
			text := print(t, format, section.report)
			got.Files = append(got.Files, txtar.File{Name: section.name, Data: []byte(text)})
			if diff := cmp.Diff(want[section.name], text); diff != "" && !*update {
				t.Errorf("%s: %s", section.name, diff)
			}
		}
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func print(t *testing.T, format string, r *diag.Report) string {
	t.Helper()
	write := func(w io.Writer, r *diag.Report) error { return Report(w, r, Look{Width: 80}) }
	if format != "text" {
		write = ReportFormats[format]
	}
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Text stays within the terminal, but for the first line of a finding, which editors and other tools read.
func TestReportWidth(t *testing.T) {
	for line := range strings.SplitSeq(print(t, "text", sample()), "\n") {
		if lipgloss.Width(line) > 80 && !strings.Contains(line, "[SEM") {
			t.Errorf("%d columns: %s", lipgloss.Width(line), line)
		}
	}
}
