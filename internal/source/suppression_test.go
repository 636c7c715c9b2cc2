package source

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSuppressions(t *testing.T) {
	text := `# sem:ignore-file SEM100 -- generated
apiVersion: v1 # sem:ignore SEM140,SEM141 SEM142
kind: X
  # sem:ignore SEM7 -- reason -- with dashes
  # a comment

a: b   #sem:ignore SEM8--tight
url: "http://x/#sem:ignore SEM1"
# sem:ignore
b: c # sem:ignored SEM1
c: d # sem:ignore everything
`
	f := &File{Name: "x.yaml", Data: []byte(text)}
	_, problems := Parse(f)
	want := []Suppression{
		{Checks: []string{"SEM100"}, Reason: "generated", Range: Range{1, 1, 1, 38}},
		{Checks: []string{"SEM140", "SEM141", "SEM142"}, Line: 2, Range: Range{2, 16, 2, 49}},
		{Checks: []string{"SEM7"}, Reason: "reason -- with dashes", Line: 7, Range: Range{4, 3, 4, 45}},
		{Checks: []string{"SEM8"}, Reason: "tight", Line: 7, Range: Range{7, 8, 7, 31}},
	}
	if diff := cmp.Diff(want, f.Suppressions); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, p := range problems {
		got = append(got, told(p))
	}
	if diff := cmp.Diff([]string{
		`9:1 BadSuppression "# sem:ignore" sem:ignore names no check`,
		`10:6 BadSuppression "# sem:ignored SEM1" sem:ignored is not a suppression; use sem:ignore or sem:ignore-file`,
		`11:6 BadSuppression "# sem:ignore everything" everything is not the ID of a check`,
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestLabels(t *testing.T) {
	docs, _ := Parse(&File{Name: "x.yaml", Data: []byte("---\n# Source: chart/templates/a.yaml\n" + object + "---\n" + object + "---\n# note\n# Source: chart/b.yaml\n" + object)})
	var got []string
	for _, d := range docs {
		got = append(got, d.Label)
	}
	if diff := cmp.Diff([]string{"chart/templates/a.yaml", "", "chart/b.yaml"}, got); diff != "" {
		t.Error(diff)
	}
}
