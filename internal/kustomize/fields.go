package kustomize

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"sem.example/internal/source"
)

// A kustomization copies one kustomization.
type kustomization struct {
	*planner
	doc    *source.Document
	folder string
	size   size
}

// folder copies the kustomization of a folder and all that it uses.
func (p *planner) folder(folder string) (size, *source.Problem) {
	if s, ok := p.sizes[folder]; ok {
		return s, nil
	}
	name := p.tree.kustomization(folder)
	doc, fault := p.document(name, folder)
	if fault != nil {
		return size{}, fault
	}
	if p.depth++; p.depth > maxDepth {
		return size{}, p.fault(name, source.Range{}, fmt.Sprintf("more than %d kustomizations use one another", maxDepth))
	}
	p.sizes[folder] = size{} // for circles, which the library reports
	p.component[folder] = doc.Root != nil && doc.Root.StringAt("kind") == "Component" || doc.Tree().StringAt("kind") == "Component"
	k := &kustomization{planner: p, doc: doc, folder: folder, size: size{kustomizations: 1}}
	out, fault := k.copy()
	if fault != nil {
		return size{}, fault
	}
	if k.size.kustomizations > maxKustomizations {
		return size{}, p.fault(name, source.Range{}, fmt.Sprintf("the build uses more than %d kustomizations, each counted as often as it is used", maxKustomizations))
	}
	if k.size.documents > maxDocuments || k.size.bytes > maxBytes {
		return size{}, p.fault(name, source.Range{}, fmt.Sprintf("the build has more than %d resources or %d MiB", maxDocuments, maxBytes>>20))
	}
	p.depth--
	p.sizes[folder] = k.size
	p.kustomizations = append(p.kustomizations, doc)
	p.write(path.Join(folder, names[0]), out.AppendJSON(nil))
	return k.size, nil
}

// document reads the kustomization of a folder.
func (p *planner) document(name, folder string) (*source.Document, *source.Problem) {
	if name == "" {
		return nil, &source.Problem{Trouble: source.NotBuilt, File: &source.File{Name: p.tree.name(folder)}, Message: "the folder has no kustomization.yaml"}
	}
	f := p.use(name)
	switch {
	case f.err != nil:
		return nil, p.fault(name, source.Range{}, why(f.err))
	case len(f.problems) > 0:
		return nil, &f.problems[0]
	case len(f.docs) != 1:
		return nil, p.fault(name, source.Range{}, "a kustomization is one document")
	case f.docs[0].Tree().Kind != source.Map:
		return nil, p.fault(name, source.Range{}, "a kustomization is a map")
	}
	return f.docs[0], nil
}

// A copier returns what is copied of the value of a field; nil for nothing.
type copier func(k *kustomization, n *source.Node) (*source.Node, *source.Problem)

// fields are the fields of a kustomization. What is not here does not reach the library.
var fields map[string]copier

// field is the name of a field of a kustomization. The library takes "Resources" for resources, as it reads JSON; it gets the name.
func field(key string) string {
	for name := range fields {
		if strings.EqualFold(name, key) {
			return name
		}
	}
	return key
}

func init() { // the copiers of folders lead back here
	fields = map[string]copier{
		"apiVersion": asIs, "kind": asIs, "metadata": asIs, "namePrefix": asIs, "nameSuffix": asIs, "namespace": asIs, "commonLabels": asIs,
		"labels": asIs, "commonAnnotations": asIs, "images": asIs, "imageTags": asIs, "replicas": asIs, "vars": asIs, "sortOptions": asIs,
		"generatorOptions": asIs,

		"resources": list((*kustomization).resource), "bases": list((*kustomization).resource), "components": list((*kustomization).resource),
		"patches": list(patch), "patchesJson6902": list(patch), "patchesStrategicMerge": list(patch), "replacements": list(replacement),
		"crds": list((*kustomization).plainFile), "configurations": list((*kustomization).plainFile),
		"configMapGenerator": list(generator), "secretGenerator": list(generator),

		"buildMetadata": nothing,
		"helmCharts":    leftOut("Helm charts are not rendered"), "helmChartInflationGenerator": leftOut("Helm charts are not rendered"),
		"helmGlobals": nothing, "openapi": leftOut("a schema is not read"),
		"generators": leftOut("plugins are not run"), "transformers": leftOut("plugins are not run"), "validators": leftOut("plugins are not run"),
	}
}

// copy returns the kustomization with what the library is to see.
func (k *kustomization) copy() (*source.Node, *source.Problem) {
	out := &source.Node{Kind: source.Map}
	own := slices.Clone(k.doc.Tree().Fields)
	slices.SortStableFunc(own, func(a, b source.Field) int { return cmp.Compare(order(field(a.Key)), order(field(b.Key))) })
	given := map[string]bool{}
	for _, f := range own {
		name := field(f.Key)
		copier, known := fields[name]
		switch {
		case !known:
			return nil, k.at(f.Range, fmt.Sprintf("a kustomization has no field %q", f.Key))
		case given[name]:
			return nil, k.at(f.Range, fmt.Sprintf("%q is set twice", name))
		}
		given[name] = true
		if f.Value.Kind == source.Null {
			continue
		}
		n, fault := copier(k, f.Value)
		if fault != nil {
			return nil, fault
		}
		if n != nil {
			out.Fields = append(out.Fields, source.Field{Key: name, Value: n})
		}
	}
	return out, nil
}

// order puts what is patched before the patches, so that documents are numbered as they are applied.
func order(field string) int {
	if i := slices.Index([]string{"bases", "resources", "components"}, field); i >= 0 {
		return i
	}
	return 3
}

// at is a problem of the kustomization.
func (k *kustomization) at(r source.Range, message string) *source.Problem {
	return &source.Problem{Trouble: source.NotBuilt, File: k.doc.File, Range: r, Message: message}
}

func asIs(_ *kustomization, n *source.Node) (*source.Node, *source.Problem) { return n, nil }

func nothing(*kustomization, *source.Node) (*source.Node, *source.Problem) { return nil, nil }

func leftOut(message string) copier {
	return func(k *kustomization, n *source.Node) (*source.Node, *source.Problem) {
		if len(n.Items)+len(n.Fields) > 0 {
			k.leave(k.doc, n.Range, message)
		}
		return nil, nil
	}
}

// list copies each item of a list; one that comes to nothing is left out.
func list(item copier) copier {
	return func(k *kustomization, n *source.Node) (*source.Node, *source.Problem) {
		if n.Kind != source.List {
			return nil, k.at(n.Range, "this is a "+n.Kind.String()+", where kustomize wants a list")
		}
		out := &source.Node{Kind: source.List}
		for _, i := range n.Items {
			copied, fault := item(k, i)
			if fault != nil {
				return nil, fault
			}
			if copied != nil {
				out.Items = append(out.Items, copied)
			}
		}
		return out, nil
	}
}

// path returns the path in the tree of a name that the kustomization has.
func (k *kustomization) path(n *source.Node) (string, *source.Problem) {
	switch name := path.Join(k.folder, n.Text); {
	case n.Kind != source.String || n.Text == "":
		return "", k.at(n.Range, "this is a "+n.Kind.String()+", where kustomize wants the name of a file")
	case strings.ContainsAny(n.Text, "\n\\") || path.IsAbs(n.Text):
		return "", k.at(n.Range, "this is not a relative path")
	case name == ".." || strings.HasPrefix(name, "../"):
		fault := k.at(n.Range, fmt.Sprintf("%s leads out of the folder that is read", n.Text))
		fault.Minor, fault.Help = true, "pass the folder that holds both, or -k with the folder of this kustomization"
		return "", fault
	default:
		return name, nil
	}
}

// reference is a path of the tree as the copy names it: no URL begins so.
func (k *kustomization) reference(name string) *source.Node {
	up := "./"
	if k.folder != "." {
		up += strings.Repeat("../", strings.Count(k.folder, "/")+1)
	}
	return &source.Node{Kind: source.String, Text: up + name}
}

// remote reports whether a name leads to another machine, where there is no such file.
func (k *kustomization) remote(name string) bool {
	host, _, _ := strings.Cut(name, "/")
	return strings.Contains(name, "://") || strings.HasPrefix(name, "git::") || strings.Contains(host, "@") ||
		strings.Contains(name, "?ref=") || strings.HasPrefix(strings.ToLower(name), "github.com")
}

// resource copies a file of resources, or a folder with a kustomization.
func (k *kustomization) resource(n *source.Node) (*source.Node, *source.Problem) {
	if n.Kind == source.String && k.remote(n.Text) {
		k.leave(k.doc, n.Range, fmt.Sprintf("the resources of %s are not fetched", n.Text))
		return nil, nil
	}
	name, fault := k.path(n)
	if fault != nil {
		return nil, fault
	}
	if k.tree.isFolder(name) {
		s, fault := k.planner.folder(name)
		if fault != nil {
			return nil, k.within(n, fault)
		}
		k.size.add(s)
		return k.reference(name), nil
	}
	s, err := k.objects(name)
	if err != nil {
		return nil, k.at(n.Range, fmt.Sprintf("%s: %v", n.Text, err))
	}
	k.size.add(s)
	return k.reference(name), nil
}

// within adds to the problem of a kustomization where another one uses it.
func (k *kustomization) within(n *source.Node, fault *source.Problem) *source.Problem {
	fault.Related = append(fault.Related, source.FileRange{File: k.doc.File, Range: n.Range, Note: "used here"})
	return fault
}

// plainFile copies a file that holds no resources.
func (k *kustomization) plainFile(n *source.Node) (*source.Node, *source.Problem) {
	name, fault := k.path(n)
	if fault != nil {
		return nil, fault
	}
	if _, err := k.objects(name); err != nil {
		return nil, k.at(n.Range, fmt.Sprintf("%s: %v", n.Text, err))
	}
	return k.reference(name), nil
}
