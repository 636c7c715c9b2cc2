package parallel

import (
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInOrder(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		var want, got []int
		items := make([]int, n)
		for i := range items {
			items[i] = i
			want = append(want, 2*i)
		}
		InOrder(slices.Values(items), func(i int) int { return 2 * i }, func(r int) bool {
			got = append(got, r)
			return true
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of %d (-want +got):\n%s", n, diff)
		}
	}
}

// Who has seen enough is given no more, and little is made in vain.
func TestInOrderEnds(t *testing.T) {
	var done atomic.Int32
	used := 0
	endless := func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	}
	InOrder(endless, func(i int) int { done.Add(1); return i }, func(int) bool { used++; return used < 3 })
	if used != 3 {
		t.Errorf("used %d results, want 3", used)
	}
	if n := done.Load(); n > 1000 {
		t.Errorf("%d results were made for 3", n)
	}
}
