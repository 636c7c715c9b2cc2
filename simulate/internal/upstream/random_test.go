package upstream

import (
	"testing"

	"sem.example/simulate/call"
)

// A random number takes the branches in their order, each for its share of the numbers.
func TestRandomPicks(t *testing.T) {
	selections := []Selection{{Share: 0.2}, {Share: 0.7}, {Share: 0.1}}
	for n, want := range map[int]int{0: 0, 19: 0, 20: 1, 89: 1, 90: 2, 99: 2} {
		r := &Forwarder{Call: &call.Call{Random: &n}}
		if got := r.Pick(selections); got != want {
			t.Errorf("%d takes the selection %d, want %d", n, got, want)
		}
	}
	if got := (&Forwarder{Call: &call.Call{}}).Pick(selections); got != 1 {
		t.Errorf("without a number the selection is %d, want the heaviest", got)
	}
}
