package pipeline

import (
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/internal/world"
)

// A fileWorld is the files of one world. A file that is in several is judged in the first.
type fileWorld struct {
	files []content
	home  map[*source.File]bool // nil: of all
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

// divide divides files into worlds, and notes in the report how many there are and why.
func divide(files []content, opts Options, how ValidateOptions, report *diag.Report) []fileWorld {
	var sets [][]int
	if how.Each {
		for i, f := range files {
			if len(f.docs) > 0 {
				sets = append(sets, []int{i})
			}
		}
	} else {
		var clash *world.Clash
		if sets, clash = world.Alternatives(parts(files, opts.Paths)); clash != nil {
			report.Alternatives = &diag.Alternatives{First: clash.First, Second: clash.Second, Resource: clash.Resource}
		}
	}
	report.Worlds = len(sets)
	return worldsOf(files, sets)
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
	all := make([]world.Part, len(files))
	for i, f := range files {
		name := f.name()
		all[i] = world.Part{Name: name, Named: name == "" || named[name]}
		for _, o := range f.objects {
			if o.Name == "" || o.Kind == "Namespace" {
				continue
			}
			group, _, grouped := strings.Cut(o.Doc.APIVersion, "/")
			if !grouped {
				group = ""
			}
			all[i].Resources = append(all[i].Resources, strings.Join([]string{group, o.Kind, o.Namespace, o.Name}, " "))
		}
	}
	return all
}

// name is the name of a file that holds documents; "" for one that does not.
func (c content) name() string {
	if len(c.docs) == 0 {
		return ""
	}
	return c.docs[0].File.Name
}
