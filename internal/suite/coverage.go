package suite

import (
	"slices"

	"sem.example/internal/source"
)

// A Coverage says which parts of the configuration the requests of a report reached.
type Coverage struct {
	Items []Item // by file and position
}

// An Item is a part of the configuration that a request can reach.
type Item struct {
	What   string // "route", "match", "destination", "subset", "port policy", "port"
	Object string // "VirtualService shop/reviews"
	Field  string
	File   string
	Range  source.Range // all that is written of it
	Hits   int          // requests that reached it
}

// kinds are the words for items, in the order in which they are told.
var kinds = []string{"route", "match", "destination", "subset", "port policy", "port"}

// Share is the part of the items of a kind that was reached, and of how many; of all items for "".
func (c *Coverage) Share(what string) (reached, total int) {
	for _, i := range c.Items {
		if what != "" && i.What != what {
			continue
		}
		if total++; i.Hits > 0 {
			reached++
		}
	}
	return reached, total
}

// Kinds are the kinds of items that the configuration has.
func (c *Coverage) Kinds() []string {
	return slices.DeleteFunc(slices.Clone(kinds), func(what string) bool {
		_, total := c.Share(what)
		return total == 0
	})
}

// Percent is how much of all items was reached, 0 to 100. Configuration without any item is covered.
func (c *Coverage) Percent() float64 {
	reached, total := c.Share("")
	if total == 0 {
		return 100
	}
	return 100 * float64(reached) / float64(total)
}

// A fieldKey names a field of an object of a world.
type fieldKey struct{ kind, namespace, name, field string }
