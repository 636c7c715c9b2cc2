package schema

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// TestPlain: what is found without CUE is what CUE finds.
func TestPlain(t *testing.T) {
	told := 0
	for _, c := range Checks() {
		docs, _ := source.Parse(&source.File{Name: c.ID, Data: []byte(c.Right)})
		rnd := rand.New(rand.NewPCG(3, uint64(len(c.Right))))
		for range 6 {
			m := *docs[0]
			m.Root = mutant(addField(m.Root, named{define("#" + Definition(docs[0]))}, rnd), rnd)
			if Definition(&m) == "" || Accepts(&m) {
				continue
			}
			plain, asked := newReport(&m), newReport(&m)
			if !plain.plain() {
				continue
			}
			told++
			asked.askCUE()
			if diff := cmp.Diff(findingsOf(asked), findingsOf(plain)); diff != "" {
				t.Errorf("%s: %s", c.ID, diff)
			}
		}
	}
	if told < 20 {
		t.Errorf("only %d documents were judged without CUE", told)
	}
}

func findingsOf(r *report) []string {
	list := append(diag.List{}, r.found...)
	list.Sort()
	var out []string
	for _, d := range list {
		out = append(out, d.Check.ID+" "+d.At.Field+" "+d.Message+" "+d.Help)
	}
	return out
}
