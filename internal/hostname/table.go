package hostname

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// A Table holds values by host name, in the order in which they are added. It finds those whose names overlap with a given
// one, either of which may be a wildcard, in time that does not depend on the size of the table. The zero table is ready
// to use, and safe for concurrent use once all are added.
type Table[V any] struct {
	values []V
	names  []string
	byHost Index[[]int]

	sort  sync.Once
	tails []tail // of every name, sorted; made on first use
}

// A tail is a name without its star, written backwards, so that names with a common end stand together.
type tail struct {
	reversed string
	index    int
}

// Add adds a value under a host name.
func (t *Table[V]) Add(host string, v V) {
	i := len(t.values)
	t.values, t.names = append(t.values, v), append(t.names, host)
	same, _ := t.byHost.At(host)
	t.byHost.Put(host, append(same, i))
}

// All returns the values in the order in which they were added. The slice is the table's own.
func (t *Table[V]) All() []V { return t.values }

// At returns the values of precisely this name.
func (t *Table[V]) At(host string) []V {
	found, _ := t.byHost.At(host)
	return t.pick(found)
}

// Overlapping returns the values whose names have a name in common with the given one, each once for every name that it
// was added by.
func (t *Table[V]) Overlapping(host string) []V {
	var found []int
	if IsWildcard(host) {
		found = t.ending(host[1:])
	}
	for covering := range t.byHost.Covering(host) {
		found = append(found, covering...)
	}
	slices.Sort(found)
	return t.pick(slices.Compact(found))
}

// ending returns the positions of all names that end in a suffix.
func (t *Table[V]) ending(suffix string) []int {
	t.sort.Do(t.sortTails)
	prefix := reverse(suffix)
	i, _ := slices.BinarySearchFunc(t.tails, prefix, func(x tail, p string) int { return cmp.Compare(x.reversed, p) })
	var out []int
	for ; i < len(t.tails) && strings.HasPrefix(t.tails[i].reversed, prefix); i++ {
		out = append(out, t.tails[i].index)
	}
	return out
}

func (t *Table[V]) sortTails() {
	t.tails = make([]tail, len(t.names))
	for i, name := range t.names {
		t.tails[i] = tail{reverse(strings.TrimPrefix(name, "*")), i}
	}
	slices.SortFunc(t.tails, func(a, b tail) int { return cmp.Or(cmp.Compare(a.reversed, b.reversed), cmp.Compare(a.index, b.index)) })
}

func (t *Table[V]) pick(is []int) []V {
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
