package compile

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"sem.example/internal/mesh"
)

// A hostTable holds values by host name, in the order in which they are added. It finds those whose names overlap with
// a given one, either of which may be a wildcard, in time that does not depend on the size of the table. Once all are added
// it is safe for concurrent use.
type hostTable[V any] struct {
	values  []V
	names   []string
	byHost  map[string][]int
	lengths []int // of what follows the star in the wildcards, longest first

	sort  sync.Once
	tails []tail // of every name, sorted; made on first use
}

// A tail is a name without its star, written backwards, so that names with a common end stand together.
type tail struct {
	reversed string
	index    int
}

func (t *hostTable[V]) add(host string, v V) {
	if t.byHost == nil {
		t.byHost = map[string][]int{}
	}
	i := len(t.values)
	t.values, t.names = append(t.values, v), append(t.names, host)
	t.byHost[host] = append(t.byHost[host], i)
	if mesh.IsWildcard(host) && !slices.Contains(t.lengths, len(host)-1) {
		t.lengths = append(t.lengths, len(host)-1)
		slices.SortFunc(t.lengths, func(a, b int) int { return cmp.Compare(b, a) })
	}
}

// at returns the values of precisely this name.
func (t *hostTable[V]) at(host string) []V { return t.pick(t.byHost[host]) }

// overlapping returns the values whose names have a name in common with the given one, each once for every name that it
// was added by.
func (t *hostTable[V]) overlapping(host string) []V {
	var found []int
	name := host
	if mesh.IsWildcard(host) {
		name = host[1:]
		found = t.ending(name)
	} else {
		found = append(found, t.byHost[host]...)
	}
	for _, n := range t.lengths {
		if n < len(name) || n == len(name) && name == host {
			found = append(found, t.byHost["*"+name[len(name)-n:]]...)
		}
	}
	slices.Sort(found)
	return t.pick(slices.Compact(found))
}

// ending returns the positions of all names that end in a suffix.
func (t *hostTable[V]) ending(suffix string) []int {
	t.sort.Do(t.sortTails)
	prefix := reverse(suffix)
	i, _ := slices.BinarySearchFunc(t.tails, prefix, func(x tail, p string) int { return cmp.Compare(x.reversed, p) })
	var out []int
	for ; i < len(t.tails) && strings.HasPrefix(t.tails[i].reversed, prefix); i++ {
		out = append(out, t.tails[i].index)
	}
	return out
}

func (t *hostTable[V]) sortTails() {
	t.tails = make([]tail, len(t.names))
	for i, name := range t.names {
		t.tails[i] = tail{reverse(strings.TrimPrefix(name, "*")), i}
	}
	slices.SortFunc(t.tails, func(a, b tail) int { return cmp.Or(cmp.Compare(a.reversed, b.reversed), cmp.Compare(a.index, b.index)) })
}

func (t *hostTable[V]) pick(is []int) []V {
	var out []V
	for _, i := range is {
		out = append(out, t.values[i])
	}
	return out
}

func reverse(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
