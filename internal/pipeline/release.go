package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
	"sem.example/internal/source"
)

// forRelease makes of the objects what an older release makes of them: fields that it does not know are left out, and so
// are the documents that its webhook refuses.
func forRelease(objects []*config.Object, r release.Release) (kept []*config.Object, found diag.List) {
	if r.Newest() {
		return objects, nil
	}
	for _, o := range objects {
		o, lacking := readBy(o, r)
		refused, faults := admit(o, r)
		found = append(append(found, lacking...), faults...)
		if !refused {
			kept = append(kept, o)
		}
	}
	return kept, found
}

// readBy returns an object without the fields that the release does not honour.
func readBy(o *config.Object, r release.Release) (*config.Object, diag.List) {
	spec, ok := o.Spec.(proto.Message)
	if !ok {
		return o, nil
	}
	spec, pruned := prune(spec, "spec", r)
	if len(pruned) == 0 {
		return o, nil
	}
	out := *o
	out.Spec = spec
	return &out, newer(o.Doc, pruned, r)
}

// settingsFor leaves out of the settings of the mesh what the release does not honour.
func settingsFor(s *mesh.Settings, r release.Release) diag.List {
	s.Release = r
	if r.Newest() {
		return nil
	}
	config, pruned := prune(s.Config, "", r)
	s.Config = config.(*meshconfig.MeshConfig)
	if s.Object == nil {
		return nil
	}
	return newer(s.Object.Doc, pruned, r)
}

func prune(m proto.Message, path string, r release.Release) (proto.Message, []config.Pruned) {
	return config.Prune(m, path, func(name string) bool {
		reading, _ := r.Reads(name)
		return reading != release.Honoured
	})
}

// newer are the findings about fields that were left out.
func newer(doc *source.Document, pruned []config.Pruned, r release.Release) diag.List {
	var out diag.List
	for _, p := range pruned {
		d := diag.Diagnostic{At: source.Place{Doc: doc, Field: p.Path, Key: true}}
		switch reading, change := r.Reads(p.Name); reading {
		case release.Ignored:
			d.Check = diag.WithoutEffect
			d.Message = fmt.Sprintf("Istio %s admits %s and ignores it: it acts since %s", r, lastName(p.Path), change.Since)
		default:
			d.Check, d.Admission = diag.NewerThanRelease, diag.Rejected
			d.Message = fmt.Sprintf("Istio %s has no field %s: it is new in %s", r, lastName(p.Path), change.Since)
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b diag.Diagnostic) int { return int(a.At.Range().Line - b.At.Range().Line) })
	return out
}

// lastName is the last field of a path.
func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
