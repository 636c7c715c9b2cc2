package hostname

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// An Index finds a value by host name: the exact name first, then the longest wildcard that covers it. The zero index is
// ready to use, and safe for concurrent use once it is filled.
type Index[V any] struct {
	exact    map[string]V
	suffixes affixes[V] // what follows the star of a wildcard
}

// Put sets the value of a host name.
func (x *Index[V]) Put(host string, v V) {
	if IsWildcard(host) {
		x.suffixes.put(host[1:], v)
		return
	}
	if x.exact == nil {
		x.exact = map[string]V{}
	}
	x.exact[host] = v
}

// At returns the value of precisely this host name.
func (x *Index[V]) At(host string) (v V, ok bool) {
	if IsWildcard(host) {
		v, ok = x.suffixes.values[host[1:]]
	} else {
		v, ok = x.exact[host]
	}
	return v, ok
}

// Find returns the value whose host is the most specific one that covers the given host, which may be a wildcard.
func (x *Index[V]) Find(host string) (v V, ok bool) {
	if x == nil {
		return v, false
	}
	for v := range x.Covering(host) {
		return v, true
	}
	return v, false
}

// Covering yields the values of all hosts that cover the given one, the most specific first.
func (x *Index[V]) Covering(host string) iter.Seq[V] {
	return func(yield func(V) bool) {
		if !IsWildcard(host) {
			if v, ok := x.exact[host]; ok && !yield(v) {
				return
			}
		}
		name := strings.TrimPrefix(host, "*")
		for _, n := range x.suffixes.lengths {
			if n > len(name) {
				continue
			}
			if v, ok := x.suffixes.values[name[len(name)-n:]]; ok && !yield(v) {
				return
			}
		}
	}
}

// affixes are values by the fixed part of a wildcard.
type affixes[V any] struct {
	values  map[string]V
	lengths []int // of the fixed parts, longest first
}

func (a *affixes[V]) put(fixed string, v V) {
	if a.values == nil {
		a.values = map[string]V{}
	}
	a.values[fixed] = v
	if i, found := slices.BinarySearchFunc(a.lengths, len(fixed), func(a, b int) int { return cmp.Compare(b, a) }); !found {
		a.lengths = slices.Insert(a.lengths, i, len(fixed))
	}
}
