package pipeline

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/source"
)

// withoutPatches returns the files without those that a kustomization applies as patches, and how many documents these hold.
// They are parts of resources, and not resources.
func withoutPatches(files []content) ([]content, int) {
	patches := map[string]bool{}
	for _, f := range files {
		for _, doc := range f.docs {
			if base := filepath.Base(doc.File.Name); base == "kustomization.yaml" || base == "kustomization.yml" {
				for _, name := range patchesOf(doc.Tree()) {
					patches[path.Join(path.Dir(filepath.ToSlash(doc.File.Name)), name)] = true
				}
			}
		}
	}
	if len(patches) == 0 {
		return files, 0
	}
	n := 0
	kept := slices.DeleteFunc(slices.Clone(files), func(f content) bool {
		patch := patches[path.Clean(filepath.ToSlash(f.name()))]
		if patch {
			n += len(f.docs)
		}
		return patch
	})
	return kept, n
}

// patchesOf returns the paths of the files that a kustomization applies to its resources.
func patchesOf(root *source.Node) []string {
	var names []string
	for _, key := range []string{"patches", "patchesStrategicMerge", "patchesJson6902", "replacements", "configurations", "transformers"} {
		list := root.Get(key)
		if list == nil {
			continue
		}
		for _, item := range list.Items {
			switch {
			case item.Kind == source.Map:
				names = append(names, item.StringAt("path"))
			case !strings.Contains(item.Text, "\n"): // else the patch itself
				names = append(names, item.Text)
			}
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}
