package pipeline

import "testing"

// Engines are dropped when memory is used beyond what there was at first, and again only when a collection shows what is left.
func TestBudget(t *testing.T) {
	var b budget
	for i, test := range []struct {
		now  heap
		want bool
	}{
		{heap{live: 900 << 20, collection: 1}, false}, // the mesh
		{heap{live: 1400 << 20, collection: 2}, false},
		{heap{live: 1500 << 20, collection: 3}, true},
		{heap{live: 1500 << 20, collection: 3}, false},
		{heap{live: 1600 << 20, collection: 4}, true},
		{heap{live: 1000 << 20, collection: 5}, false},
	} {
		if got := b.exceeded(test.now); got != test.want {
			t.Errorf("%d: %v, want %v", i, got, test.want)
		}
	}
}
