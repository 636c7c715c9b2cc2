package pipeline

import (
	"path/filepath"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/hostname"
	"sem.example/internal/source"
	"sem.example/internal/world"
)

// A fileWorld is the files of one world. A file that is in several is judged in the first.
type fileWorld struct {
	name  string
	files []content
	tests string // the folder of test data that its file is in; "" for none

	cluster string      // whose world it is, of several
	others  []fileWorld // the worlds of the other clusters

	home map[*source.File]bool // nil: of all
}

// A NamedWorld is a world that the user defines: what is at its paths belongs together.
type NamedWorld struct {
	Name  string
	Paths []string
}

// rest is the name of the world of the files that no kustomization and no named world has.
const rest = "rest"

// worlds divides what was gathered into worlds, and adds to each what clusters gave.
func (r *gathered) worlds(opts Options, each bool) ([]fileWorld, *diag.Alternatives) {
	all, why := r.divided(opts, each)
	return r.besideClusters(all), why
}

// divided divides what was gathered into worlds: those that the user names, then each build, and the other files by what contradicts. The
// alternatives are why the other files are several worlds.
func (r *gathered) divided(opts Options, each bool) (all []fileWorld, why *diag.Alternatives) {
	if opts.Kustomize != "" {
		for _, b := range r.builds {
			all = append(all, fileWorld{name: b.name, files: append(slices.Clone(b.files), r.files...)})
		}
		if all != nil {
			return all, nil
		}
	}
	files, builds := r.files, r.builds
	for _, named := range opts.Worlds {
		w := fileWorld{name: named.Name}
		for _, f := range r.files {
			if named.has(f.name()) {
				w.files = append(w.files, f)
			}
		}
		for _, b := range r.builds {
			if named.has(b.name) {
				w.files = append(w.files, b.files...)
			}
		}
		files = slices.DeleteFunc(slices.Clone(files), func(f content) bool { return named.has(f.name()) })
		builds = slices.DeleteFunc(slices.Clone(builds), func(b built) bool { return named.has(b.name) })
		all = append(all, w)
	}
	var common []content
	for i, p := range parts(files, opts.Paths) {
		if p.Named && p.Name != "" {
			common = append(common, files[i])
		}
	}
	for _, b := range builds {
		all = append(all, fileWorld{name: b.name, files: append(slices.Clone(b.files), common...)})
	}
	others, why := divide(files, opts, each)
	if len(all) > 0 {
		others = slices.DeleteFunc(others, fileWorld.empty)
	}
	return append(all, others...), why
}

// has reports whether a file or folder belongs to the world.
func (n NamedWorld) has(name string) bool {
	return name != "" && slices.ContainsFunc(n.Paths, func(p string) bool {
		inside, err := filepath.Rel(p, name)
		return err == nil && filepath.IsLocal(inside)
	})
}

// judged returns those findings of a world that are about files judged in it.
func (w fileWorld) judged(found diag.List) diag.List {
	if w.home == nil {
		return found
	}
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		file := d.At.Source()
		return file != nil && !w.home[file]
	})
}

// empty reports whether there is nothing in the world.
func (w fileWorld) empty() bool {
	return !slices.ContainsFunc(w.files, func(f content) bool { return len(f.docs) > 0 })
}

// divide divides files into worlds, and returns why there are several.
func divide(files []content, opts Options, each bool) ([]fileWorld, *diag.Alternatives) {
	var sets [][]int
	var why *diag.Alternatives
	var tests []string // the folder of each of the last sets
	if each {
		for i, f := range files {
			if len(f.docs) > 0 {
				sets = append(sets, []int{i})
			}
		}
	} else {
		all := parts(files, opts.Paths)
		var clash *world.Clash
		sets, clash = world.Alternatives(all)
		if len(sets) > 1 {
			tests = testFolders(all)
			why = &diag.Alternatives{TestData: slices.Compact(slices.Sorted(slices.Values(tests))), Worlds: len(sets) - len(tests)}
			if clash != nil {
				why.First, why.Second, why.Resource = clash.First, clash.Second, clash.Resource
			}
		}
	}
	worlds := worldsOf(files, sets)
	nameWorlds(worlds, files, sets)
	for i, folder := range tests {
		worlds[len(sets)-len(tests)+i].tests = folder
	}
	return worlds, why
}

// nameWorlds names each world by its first file that neither every world nor an earlier one has.
func nameWorlds(worlds []fileWorld, files []content, sets [][]int) {
	in := make([]int, len(files)) // how many worlds a file is in
	for _, set := range sets {
		for _, i := range set {
			in[i]++
		}
	}
	had := make([]bool, len(files))
	for k, set := range sets {
		worlds[k].name = rest
		for _, i := range slices.Backward(set) {
			if name := files[i].name(); name != "" && in[i] < len(sets) && !had[i] {
				worlds[k].name = filepath.ToSlash(name)
			}
			had[i] = true
		}
	}
}

// worldsOf are the worlds of sets of files.
func worldsOf(files []content, sets [][]int) []fileWorld {
	worlds := make([]fileWorld, len(sets))
	judged := map[int]bool{}
	for k, set := range sets {
		w := &worlds[k]
		for _, i := range set {
			w.files = append(w.files, files[i])
			if judged[i] || len(sets) == 1 || len(files[i].docs) == 0 {
				continue
			}
			if w.home == nil {
				w.home = map[*source.File]bool{}
			}
			judged[i], w.home[files[i].docs[0].File] = true, true
		}
		if len(sets) > 1 && w.home == nil {
			w.home = map[*source.File]bool{}
		}
	}
	return worlds
}

// parts are the files with the resources that each defines. A Namespace is no reason to tell worlds apart: whoever uses one
// may declare it.
func parts(files []content, paths []string) []world.Part {
	named := map[string]bool{"stdin": true}
	for _, p := range paths {
		named[filepath.Clean(p)] = true
	}
	tests := testData(files, paths)
	all := make([]world.Part, len(files))
	for i, f := range files {
		name := f.name()
		all[i] = world.Part{Name: name, Named: name == "" || named[name], Tests: tests[i]}
		for _, o := range f.objects {
			if o.Name == "" || o.Kind == "Namespace" {
				continue
			}
			group, _, grouped := strings.Cut(o.Doc.APIVersion, "/")
			if !grouped {
				group = ""
			}
			all[i].Resources = append(all[i].Resources, strings.Join([]string{group, o.Kind, o.Namespace, o.Name}, " "))
			all[i].Routed = append(all[i].Routed, routed(o)...)
		}
	}
	return all
}

// routed returns the hosts of a VirtualService of which sidecars take its routes.
func routed(o *config.Object) []string {
	vs := config.Spec[*networking.VirtualService](o)
	if vs == nil || len(vs.Gateways) > 0 && !slices.Contains(vs.Gateways, "mesh") {
		return nil
	}
	var out []string
	for _, host := range vs.Hosts {
		out = append(out, hostname.Full(host, o.Namespace, "cluster.local"))
	}
	return out
}

// name is the name of a file that holds documents; "" for one that does not.
func (c content) name() string {
	if len(c.docs) == 0 {
		return ""
	}
	return c.docs[0].File.Name
}

// A WorldFiles is a world of an input, and how many files it has.
type WorldFiles struct {
	Name  string
	Files int
	Tests string // the folder of test data that its file is in; "" for none
}

// Worlds returns the worlds of an input.
func Worlds(opts Options) ([]WorldFiles, error) {
	r := gather(opts, opts.Cache.ofLoaded(), func(docs []*source.Document) content { return newContent(docs, opts, config.Decode) })
	if err := missing(r.problems); err != nil {
		return nil, err
	}
	worlds, _ := r.worlds(opts, false)
	var out []WorldFiles
	for _, w := range worlds {
		n := 0
		for _, f := range w.files {
			if len(f.docs) > 0 {
				n++
			}
		}
		out = append(out, WorldFiles{Name: w.name, Files: n, Tests: w.tests})
	}
	return out, nil
}
