package suite

import (
	"cmp"
	"maps"
	"slices"
	"strings"

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
	for _, o := range w.Objects {
		if o.Doc == nil {
			continue
		}
		walkItems(o.Doc, func(what, field string) {
			item := &Item{
				What: what, Object: o.Kind + " " + o.Namespace + "/" + o.Name, Field: field,
				File: source.Place{Doc: o.Doc, Field: field}.Position().File, Range: o.Doc.Lookup(field).Range,
			}
			identity := item.File + "\x00" + item.Object + "\x00" + field
			if all[identity] == nil {
				all[identity] = item
			}
			out[place{o.Kind, o.Namespace, o.Name, field}] = all[identity]
		})
	}
	return out
}

// An outline says where the items of a kind of object are: lists, each with those within its elements.
type outline struct {
	what, list string
	within     []outline
}

// portPolicies are the settings of single ports that a traffic policy has.
var portPolicies = outline{what: "port policy", list: "trafficPolicy.portLevelSettings"}

// rule is the outline of the rules of a VirtualService for one kind of traffic.
func rule(list string) outline {
	return outline{what: "route", list: list, within: []outline{{what: "match", list: "match"}, {what: "destination", list: "route"}}}
}

// outlines are those of the kinds that have items.
var outlines = map[string][]outline{
	"VirtualService":  {rule("http"), rule("tls"), rule("tcp")},
	"DestinationRule": {portPolicies, {what: "subset", list: "subsets", within: []outline{portPolicies}}},
	"ServiceEntry":    {{what: "port", list: "ports"}},
}

// walkItems calls found for each item of a document.
func walkItems(doc *source.Document, found func(what, field string)) {
	if !strings.Contains(doc.APIVersion, "networking.istio.io/") {
		return
	}
	var walk func(parts []outline, path string)
	walk = func(parts []outline, path string) {
		for _, part := range parts {
			list := path + "." + part.list
			n := doc.Lookup(list)
			if n == nil {
				continue
			}
			for i := range n.Items {
				field := source.Index(list, i)
				found(part.what, field)
				walk(part.within, field)
			}
		}
	}
	walk(outlines[doc.Kind], "spec")
}
