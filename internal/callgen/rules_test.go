package callgen

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestPairs: rules with thousands of identities and paths do not make requests of each with each.
func TestPairs(t *testing.T) {
	var by conditions
	for i := range 3_000 {
		by.paths = append(by.paths, fmt.Sprintf("/%d", i))
		by.principals = append(by.principals, fmt.Sprintf("cluster.local/ns/a/sa/%d", i))
	}
	s := sampler{rand.New(rand.NewPCG(1, 2))}
	if n := len(s.ruled(by, nil, mostPairs)); n < mostPairs/2 || n > len(by.paths)+mostPairs {
		t.Errorf("%d requests, want at most %d of paths and %d of pairs", n, len(by.paths), mostPairs)
	}
	by.paths, by.principals = by.paths[:2], by.principals[:2]
	if n := len(s.ruled(by, nil, mostPairs)); n != 2+2*3 {
		t.Errorf("%d requests of two paths and two identities, want 8", n)
	}
}
