package suite

import (
	"cmp"
	"maps"
	"slices"

	"sem.example/internal/pipeline"
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

// Cover finds out what the requests of a report reached.
func (r *Report) Cover() *Coverage {
	all := map[string]*Item{}
	worlds := map[*pipeline.World]map[place]*Item{}
	for _, f := range r.Files {
		if f.World == nil {
			continue
		}
		at, known := worlds[f.World]
		if !known {
			at = itemsOf(f.World, all)
			worlds[f.World] = at
		}
		for i := range f.Results {
			if f.Results[i].Trace != nil {
				reach(f.World, &f.Results[i], at)
			}
		}
	}
	out := &Coverage{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out.Items = append(out.Items, *all[name])
	}
	slices.SortStableFunc(out.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Range.Line, b.Range.Line), cmp.Compare(a.Range.Column, b.Range.Column))
	})
	return out
}

// A place names a field of an object of a world.
type place struct{ kind, namespace, name, field string }

// itemsOf lists the items of a world. Those that another world has from the same file are the same.
func itemsOf(w *pipeline.World, all map[string]*Item) map[place]*Item {
	out := map[place]*Item{}
	for _, part := range w.Mesh.Parts() {
		o, field := part.At.Object, part.At.Field
		if o.Doc == nil {
			continue
		}
		item := &Item{
			What: string(part.Kind), Object: o.Kind + " " + o.Namespace + "/" + o.Name, Field: field,
			File: part.At.Source().Position().File, Range: o.Doc.Lookup(field).Range,
		}
		identity := item.File + "\x00" + item.Object + "\x00" + field
		if all[identity] == nil {
			all[identity] = item
		}
		out[place{o.Kind, o.Namespace, o.Name, field}] = all[identity]
	}
	return out
}
