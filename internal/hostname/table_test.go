package hostname

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTable holds the table to the plain rule of overlapping names, for every pair of many names.
func TestTable(t *testing.T) {
	names := []string{"", "*", "a", "*a", "a.b", "*.b", "*b", "x.a.b", "*.a.b", "a.b.c", "*.c", "*.b.c", "b.c", "c"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		name := ""
		for range 1 + r.IntN(3) {
			name += fmt.Sprintf(".%c", 'a'+rune(r.IntN(3)))
		}
		if name = name[1:]; r.IntN(3) == 0 {
			name = "*." + name
		}
		names = append(names, name)
	}
	var table Table[int]
	for i, name := range names {
		table.Add(name, i)
	}
	for _, name := range names {
		var want []int
		for i, other := range names {
			if Overlap(name, other) {
				want = append(want, i)
			}
		}
		if got := table.Overlapping(name); !slices.Equal(got, want) {
			t.Errorf("%q overlaps with %v, want %v", name, got, want)
		}
	}
}
