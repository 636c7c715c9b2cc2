package manifest

import (
	"maps"
	"slices"
)

// Shrink returns a least part of some documents of which a property still holds, as it does of them all: none of the
// documents, and no field or item in one, can go without the property going too. The documents are not changed.
func Shrink(docs []Tree, holds func([]Tree) bool) []Tree {
	docs = fewest(docs, holds)
	for i := range docs {
		docs[i] = leastTree(docs[i], outline, func(t Tree) bool {
			with := slices.Clone(docs)
			with[i] = t
			return holds(with)
		})
	}
	return docs
}

// outline are the fields of a document that it cannot do without.
var outline = map[string]bool{"apiVersion": true, "kind": true, "metadata": true, "name": true, "namespace": true}

// fewest drops as many items as it can, in ever smaller runs.
func fewest[T any](items []T, holds func([]T) bool) []T {
	for size := len(items); size > 0; size /= 2 {
		for at := 0; at < len(items); {
			without := slices.Concat(items[:at], items[min(at+size, len(items)):])
			if holds(without) {
				items = without
			} else {
				at += size
			}
		}
	}
	return items
}

// leastTree drops the fields that are not needed, and shrinks those that are.
func leastTree(t Tree, kept map[string]bool, holds func(Tree) bool) Tree {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		without := maps.Clone(t)
		delete(without, key)
		if !kept[key] && holds(without) {
			t = without
			continue
		}
		below := map[string]bool(nil)
		if key == "metadata" {
			below = outline
		}
		t = maps.Clone(t)
		t[key] = leastValue(t[key], below, func(v any) bool {
			with := maps.Clone(t)
			with[key] = v
			return holds(with)
		})
	}
	return t
}

func leastValue(v any, kept map[string]bool, holds func(any) bool) any {
	switch v := v.(type) {
	case Tree:
		return leastTree(v, kept, func(t Tree) bool { return holds(t) })
	case []any:
		items := fewest(v, func(items []any) bool { return len(items) > 0 && holds(items) })
		for i := range items {
			items = slices.Clone(items)
			items[i] = leastValue(items[i], nil, func(item any) bool {
				with := slices.Clone(items)
				with[i] = item
				return holds(with)
			})
		}
		return items
	}
	return v
}
