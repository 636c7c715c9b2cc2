package world

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
)

// A Part is a file of a repository, with the resources that it defines.
type Part struct {
	Name      string
	Resources []string // each named by its group, kind, namespace and name
	Routed    []string // hosts for which sidecars take the routes of a VirtualService in it; they take one for a host
	Named     bool     // by the user: it belongs to every world
	Tests     string   // the folder of test data that holds it; "" for none
}

// A Clash is the first pair of files that are alternatives, and the resource that both define.
type Clash struct{ First, Second, Resource string }

// Alternatives divides files into worlds. Two files of one folder that define the same resource are alternatives: no cluster runs
// both. Where the files are in different folders, the two folders below the one that holds both are alternatives, with all
// that is in them. Where alternatives have a VirtualService for a host, a file with another VirtualService for it is one of them.
//
// The first world has the alternative with the most resources, of equals the first by name, and what has no alternative. Every other
// alternative is a world, in which it takes the place of what it contradicts. Each file of test data is a world, after the others: it is the
// input of a test, and nobody applies it beside the rest. The result has positions of parts; the clash is nil where no files are
// alternatives.
func Alternatives(parts []Part) ([][]int, *Clash) {
	var named []int
	var tests [][]int
	var root folder
	for i, p := range parts {
		switch {
		case p.Named:
			named = append(named, i)
		case p.Tests != "":
			tests = append(tests, []int{i})
		default:
			root.add(strings.Split(filepath.ToSlash(filepath.Clean(p.Name)), "/"), i, p)
		}
	}
	d := divider{parts: parts}
	worlds := append(d.divide(&root), tests...)
	for i := range worlds {
		worlds[i] = append(worlds[i], named...)
		slices.Sort(worlds[i])
	}
	if len(worlds) == 0 {
		worlds = [][]int{named}
	}
	return worlds, d.clash
}

// A folder is a folder or, without children, a file.
type folder struct {
	name      string
	children  []*folder
	part      int
	resources []string // of all files in it
	routed    []string // likewise
	worlds    [][]int
}

func (f *folder) add(path []string, part int, p Part) {
	f.resources, f.routed = append(f.resources, p.Resources...), append(f.routed, p.Routed...)
	if len(path) == 0 {
		f.part = part
		return
	}
	i := slices.IndexFunc(f.children, func(c *folder) bool { return c.name == path[0] })
	if i < 0 {
		i = len(f.children)
		f.children = append(f.children, &folder{name: path[0]})
	}
	f.children[i].add(path[1:], part, p)
}

// first returns the first file of a folder that defines a resource.
func (d *divider) first(f *folder, resource string) string {
	for len(f.children) > 0 {
		i := slices.IndexFunc(f.children, func(c *folder) bool { return slices.Contains(c.resources, resource) })
		f = f.children[i]
	}
	return d.parts[f.part].Name
}

type divider struct {
	parts []Part
	clash *Clash
}

// divide returns the worlds of a folder.
func (d *divider) divide(f *folder) [][]int {
	if len(f.children) == 0 {
		if f.name == "" {
			return nil
		}
		return [][]int{{f.part}}
	}
	for _, c := range f.children {
		c.worlds = d.divide(c)
	}
	rivals := d.rivals(f)
	order := f.byResources()
	var common []int
	var classes [][]int
	for _, i := range order {
		if len(rivals[i]) == 0 {
			common = append(common, i)
			continue
		}
		k := slices.IndexFunc(classes, func(class []int) bool { return fits(i, class, rivals) })
		if k < 0 {
			k, classes = len(classes), append(classes, nil)
		}
		classes[k] = append(classes[k], i)
	}
	if len(classes) == 0 {
		return f.join(common, nil)
	}
	var worlds [][]int
	for k, class := range classes {
		varied, fixed := class, common
		if k == 0 {
			varied, fixed = append(slices.Clone(class), common...), nil
		}
		worlds = append(worlds, f.join(varied, append(slices.Clone(fixed), f.fill(order, class, rivals)...))...)
	}
	return worlds
}

// byResources returns the positions of the children of a folder, those that define most resources first, and equals
// by name.
func (f *folder) byResources() []int {
	order := make([]int, len(f.children))
	defined := make([]int, len(f.children))
	for i, c := range f.children {
		distinct := map[string]bool{}
		for _, r := range c.resources {
			distinct[r] = true
		}
		order[i], defined[i] = i, len(distinct)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(defined[b]-defined[a], strings.Compare(bare(f.children[a].name), bare(f.children[b].name)))
	})
	return order
}

// rivals returns which children of a folder define a resource that another one defines, or route a host that alternatives route.
func (d *divider) rivals(f *folder) rivalry {
	rivals := make(rivalry, len(f.children))
	owners := map[string][]int{}
	routing := map[string][]int{}
	for i, c := range f.children {
		for _, r := range c.resources {
			have := owners[r]
			if slices.Contains(have, i) {
				continue
			}
			for _, other := range have {
				rivals.add(i, other)
				if d.clash == nil {
					d.clash = &Clash{d.first(f.children[other], r), d.first(c, r), r}
				}
			}
			owners[r] = append(have, i)
		}
		for _, host := range c.routed {
			if have := routing[host]; len(have) == 0 || have[len(have)-1] != i {
				routing[host] = append(have, i)
			}
		}
	}
	rivals.join(routing)
	return rivals
}

// A rivalry has the rivals of each child of a folder.
type rivalry []map[int]bool

func (r rivalry) add(a, b int) {
	for _, pair := range [][2]int{{a, b}, {b, a}} {
		if r[pair[0]] == nil {
			r[pair[0]] = map[int]bool{}
		}
		r[pair[0]][pair[1]] = true
	}
}

// join makes rivals of all children that route a host where some of them are rivals already.
func (r rivalry) join(routing map[string][]int) {
	var contested [][]int
	for _, children := range routing {
		if r.among(children) {
			contested = append(contested, children)
		}
	}
	for _, children := range contested {
		for i, a := range children {
			for _, b := range children[:i] {
				r.add(a, b)
			}
		}
	}
}

// among reports whether two of some children, which are in order, are rivals.
func (r rivalry) among(children []int) bool {
	return slices.ContainsFunc(children, func(child int) bool {
		for rival := range r[child] {
			if _, found := slices.BinarySearch(children, rival); found {
				return true
			}
		}
		return false
	})
}

// bare returns the name of a file without its extension, so that app.yaml is before app-v2.yaml.
func bare(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

// fill returns the children of other classes that fit beside a class, in order.
func (f *folder) fill(order, class []int, rivals rivalry) []int {
	var more []int
	for _, i := range order {
		if len(rivals[i]) > 0 && !slices.Contains(class, i) && fits(i, class, rivals) && fits(i, more, rivals) {
			more = append(more, i)
		}
	}
	return more
}

func fits(child int, among []int, rivals rivalry) bool {
	return !slices.ContainsFunc(among, func(other int) bool { return rivals[child][other] })
}

// join puts children together: the first world of each, and a world for each further one that the varied ones have, beside the first
// world of the others.
func (f *folder) join(varied, fixed []int) [][]int {
	all := slices.Concat(varied, fixed)
	worlds := [][]int{f.with(all, -1, 0)}
	for _, i := range varied {
		for j := 1; j < len(f.children[i].worlds); j++ {
			worlds = append(worlds, f.with(all, i, j))
		}
	}
	return worlds
}

// with returns the files of the first world of some children, but of one child those of another of its worlds.
func (f *folder) with(children []int, other, world int) []int {
	var files []int
	for _, i := range children {
		j := 0
		if i == other {
			j = world
		}
		files = append(files, f.children[i].worlds[j]...)
	}
	return files
}
