package compile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"sem.example/internal/mesh"
)

// TestHostTable holds the table to the plain rule of overlapping names, for every pair of many names.
func TestHostTable(t *testing.T) {
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
	var table hostTable[int]
	for i, name := range names {
		table.add(name, i)
	}
	for _, name := range names {
		var want []int
		for i, other := range names {
			if mesh.Overlap(name, other) {
				want = append(want, i)
			}
		}
		if got := table.overlapping(name); !slices.Equal(got, want) {
			t.Errorf("%q overlaps with %v, want %v", name, got, want)
		}
	}
}
