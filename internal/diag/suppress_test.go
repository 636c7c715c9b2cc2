package diag_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

func TestSuppress(t *testing.T) {
	const text = `# sem:ignore-file SEM900 -- of the file
apiVersion: v1
kind: X
metadata:
  annotations:
    sem/ignore: SEM901, SEM902
    galley.istio.io/analyze-suppress: IST0001
spec:
  # sem:ignore SEM903 -- above
  a: 1
  b: 2 # sem:ignore SEM903
  c: 3 # sem:ignore SEM904,SEM905
`
	file := &source.File{Name: "x.yaml", Data: []byte(text)}
	docs, _ := source.Parse(file)
	in := &source.Input{Files: []*source.File{file}, Documents: docs}
	at := func(id, field string) diag.Diagnostic {
		return diag.Diagnostic{Check: &diag.Check{ID: id, Aliases: []string{"IST" + id[3:]}}, At: source.Place{Doc: docs[0], Field: field}}
	}
	found := diag.List{
		at("SEM900", "spec"), at("SEM901", "kind"), at("SEM903", "spec.a"), at("SEM903", "spec.b"), at("SEM903", "spec.c"),
		at("SEM905", "spec.c"), at("SEM0001", "spec.c"),
	}
	var got []string
	for _, d := range found.Suppress(in) {
		line := fmt.Sprintf("%d %s %s", d.At.Range().Line, d.Check.ID, d.Message)
		if d.Suppressed != nil {
			line += "suppressed: " + d.Suppressed.Reason
		}
		got = append(got, line)
	}
	want := []string{
		"8 SEM900 suppressed: of the file", "3 SEM901 suppressed: ", "10 SEM903 suppressed: above", "11 SEM903 suppressed: ",
		"12 SEM903 ", "12 SEM905 suppressed: ", "12 SEM0001 suppressed: ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = nil
	for _, d := range (diag.List{at("SEM900", "spec")}).Suppress(in)[1:] {
		got = append(got, fmt.Sprintf("%d %s %s", d.At.Range().Line, d.Check.ID, d.Message))
	}
	want = []string{
		"9 SEM299 unused suppression: SEM903 reports nothing here",
		"11 SEM299 unused suppression: SEM903 reports nothing here",
		"12 SEM299 unused suppression: SEM904 or SEM905 reports nothing here",
		"6 SEM299 unused suppression: SEM901 or SEM902 reports nothing here",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
