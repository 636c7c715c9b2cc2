package upgrade

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/internal/pipeline"
	"sem.example/internal/release"
	"sem.example/simulate"
)

// A resource is named within one proxy.
type resource struct{ kind, name string }

// resourcesOf are the resources of a class, by name.
func resourcesOf(w *pipeline.World, class pipeline.Class) (map[resource]proto.Message, error) {
	s, err := w.ResourcesOf(class)
	if err != nil {
		return nil, err
	}
	out := map[resource]proto.Message{}
	for _, l := range s.Listeners {
		out[resource{"listeners", l.GetName()}] = l
	}
	for _, r := range s.Routes {
		out[resource{"routes", r.GetName()}] = r
	}
	for _, c := range s.Clusters {
		out[resource{"clusters", c.GetName()}] = c
	}
	for _, e := range s.Endpoints {
		out[resource{"endpoints", e.GetClusterName()}] = e
	}
	return out, nil
}

// address is where the origins of a resource are kept.
func (r resource) address() envoy.Addr {
	switch r.kind {
	case "listeners":
		return envoy.Listener(r.name)
	case "routes":
		return envoy.RouteConfig(r.name)
	}
	return envoy.Cluster(r.name)
}

// differing returns the resources that two lists do not have alike, in order.
func differing(a, b map[resource]proto.Message) []resource {
	var out []resource
	for r, m := range a {
		if !proto.Equal(m, b[r]) {
			out = append(out, r)
		}
	}
	for r := range b {
		if a[r] == nil {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(x, y resource) int { return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.name, y.name)) })
	return out
}

// resources compares what each class of proxies is sent, and finds the rows behind what differs.
func (c *comparison) resources() error {
	classes, err := pipeline.Classes(c.old, c.new)
	if err != nil {
		return err
	}
	groups := map[string]*ResourceChange{}
	for _, class := range classes {
		if err := c.class(class, groups); err != nil {
			return err
		}
	}
	for _, row := range c.rows {
		if g := groups[row.String()]; g != nil {
			c.report.Resources = append(c.report.Resources, *g)
		}
	}
	if g := groups[""]; g != nil {
		c.report.Resources = append(c.report.Resources, *g)
	}
	return nil
}

func (c *comparison) class(class pipeline.Class, groups map[string]*ResourceChange) error {
	before, err := resourcesOf(c.old, class)
	if err != nil {
		return err
	}
	after, err := resourcesOf(c.new, class)
	if err != nil {
		return err
	}
	all := differing(before, after)
	if len(all) == 0 {
		return nil
	}
	c.report.Summary.Differing++
	c.report.Summary.Resources += len(all)
	causes, err := c.causes(class, before, after)
	if err != nil {
		return err
	}
	for _, r := range all {
		rows := causes[r]
		if len(rows) == 0 {
			group(groups, "", release.Change{Text: unexplained}).add(c, class, r, before[r], after[r])
		}
		for _, row := range rows {
			group(groups, row.row.String(), row.row.Change()).add(c, class, r, row.before, row.after)
		}
	}
	return nil
}

// unexplained is the text of what no single row explains.
const unexplained = "No single row explains this: several act together, or an EnvoyFilter tests the version of the proxies."

func group(groups map[string]*ResourceChange, id string, row release.Change) *ResourceChange {
	if groups[id] == nil {
		groups[id] = &ResourceChange{
			Row: id, Since: row.Since, Kind: row.Kind, Env: row.Env, Text: row.Text, Counts: map[string]int{}, Proxies: []string{}, Origins: []simulate.Place{},
		}
	}
	return groups[id]
}

// A cause is a row that changes a resource, and what it changes it from and to.
type cause struct {
	row           release.Behaviour
	before, after proto.Message
}

// causes finds the rows behind the resources that differ: those that change the old one, or whose absence changes the new one.
func (c *comparison) causes(class pipeline.Class, before, after map[resource]proto.Message) (map[resource][]cause, error) {
	variants, err := c.explained()
	if err != nil {
		return nil, err
	}
	out := map[resource][]cause{}
	for _, v := range variants {
		with, err := resourcesOf(v.world, class)
		if err != nil {
			return nil, err
		}
		without, err := resourcesOf(v.reverted, class)
		if err != nil {
			return nil, err
		}
		seen := map[resource]bool{}
		for _, r := range differing(before, with) {
			seen[r] = true
			out[r] = append(out[r], cause{v.row, before[r], with[r]})
		}
		for _, r := range differing(without, after) {
			if !seen[r] {
				out[r] = append(out[r], cause{v.row, without[r], after[r]})
			}
		}
	}
	return out, nil
}

// maxOrigins is how many places of documents a row lists.
const maxOrigins = 20

// add counts a resource of a class, and keeps the first as the example.
func (g *ResourceChange) add(c *comparison, class pipeline.Class, r resource, old, new proto.Message) {
	g.Counts[r.kind]++
	for _, name := range class.Members {
		if !slices.Contains(g.Proxies, name) {
			g.Proxies = append(g.Proxies, name)
		}
	}
	if g.Example.Name == "" {
		g.Example = Example{Proxy: class.Members[0], Direction: class.Direction, Type: r.kind, Name: r.name, Fields: fields(old, new)}
	}
	if len(g.Origins) >= maxOrigins {
		return
	}
	for _, w := range []*pipeline.World{c.new, c.old} {
		compiled, err := w.Compile(class.Proxy)
		if err != nil {
			continue
		}
		for _, o := range compiled.OriginsOf(r.address()) {
			at := o.Place().Position()
			p := simulate.Place{File: at.File, Line: at.Line, Column: at.Column, Kind: o.Object.Kind, Namespace: o.Object.Namespace, Name: o.Object.Name, Field: o.Field}
			if at.File != "" && len(g.Origins) < maxOrigins && !slices.Contains(g.Origins, p) {
				g.Origins = append(g.Origins, p)
			}
		}
	}
}
