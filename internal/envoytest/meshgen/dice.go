package meshgen

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// dice are the source of every choice.
type dice struct{ random *rand.Rand }

// N is one of 0 … n-1.
func (d dice) N(n int) int { return d.random.IntN(n) }

// chance is true in so many of a hundred cases.
func (d dice) chance(percent int) bool { return d.N(100) < percent }

// maybe sets a field in so many of a hundred cases.
func (d dice) maybe(t tree, percent int, field string, value func() any) {
	if d.chance(percent) {
		t[field] = value()
	}
}

// one sets exactly one of several fields.
func (d dice) one(t tree, fields map[string]func() any, names ...string) {
	name := pick(d, names...)
	t[name] = fields[name]()
}

// pick returns one of some values.
func pick[T any](d dice, from ...T) T { return from[d.N(len(from))] }

// some returns from least to most of the values, in their order.
func some[T any](d dice, least, most int, from ...T) []T {
	n := min(len(from), least+d.N(most-least+1))
	var out []T
	for i, v := range from {
		if d.N(len(from)-i) < n-len(out) {
			out = append(out, v)
		}
	}
	return out
}

// list makes a list of a document.
func list[T any](values ...T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

// many makes a list of so many values.
func many[T any](n int, value func() T) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = value()
	}
	return out
}

// sorted returns the keys of a map in their order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// shuffled returns values in any order.
func (d dice) shuffled(values []string) []string {
	out := slices.Clone(values)
	d.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
