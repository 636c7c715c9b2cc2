package diag

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	long := strings.Repeat("a", 120)
	for _, c := range []struct {
		word  string
		among []string
		want  string
	}{
		{"tiemout", []string{"timeout", "retries"}, "timeout"},
		{"hots", []string{"hosts", "host"}, "hosts"},
		{"x", []string{"abc"}, ""},
		{long + "1", []string{long + "2", "b"}, long + "2"},
		{long + strings.Repeat("b", 20), []string{long + strings.Repeat("c", 20)}, ""},
		{strings.Repeat(long, 4), []string{strings.Repeat(long, 4) + "b"}, ""},
	} {
		if got := Nearest(c.word, c.among); got != c.want {
			t.Errorf("nearest to %.40q is %.40q, want %.40q", c.word, got, c.want)
		}
	}
}

// TestDistance: the bounded distance is that of the whole table, where it is below the limit.
func TestDistance(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		b := make([]byte, random.IntN(9))
		for i := range b {
			b[i] = 'a' + byte(random.IntN(3))
		}
		return string(b)
	}
	for range 20_000 {
		a, b, limit := word(), word(), 1+random.IntN(6)
		if got, want := distance(a, b, limit), min(limit, wholeDistance(a, b)); got != want {
			t.Fatalf("distance of %q and %q within %d is %d, want %d", a, b, limit, got, want)
		}
	}
}

func wholeDistance(a, b string) int {
	at := make([][]int, len(a)+1)
	for i := range at {
		at[i] = make([]int, len(b)+1)
		for j := range at[i] {
			switch {
			case i == 0 || j == 0:
				at[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				at[i][j] = at[i-1][j-1]
				continue
			}
			at[i][j] = 1 + min(at[i-1][j], at[i][j-1], at[i-1][j-1])
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				at[i][j] = min(at[i][j], at[i-2][j-2]+1)
			}
		}
	}
	return at[len(a)][len(b)]
}

// BenchmarkNearest is what a suggestion costs among long names that differ much.
func BenchmarkNearest(b *testing.B) {
	var among []string
	for i := range 500 {
		among = append(among, fmt.Sprintf("%s%0200d", strings.Repeat(string(rune('a'+i%26)), 40), i*7919))
	}
	for b.Loop() {
		Nearest(strings.Repeat("xy", 120), among)
	}
}
