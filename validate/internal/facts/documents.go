package facts

import (
	"iter"
	"path"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// An Input is what is to be checked, and how.
type Input struct {
	Mesh     *mesh.Mesh
	Objects  []*config.Object // every object of the input, in its order
	Registry Registry

	// Lacks are the kinds that the cluster did not give whose dump the input is. What is missing of them may be there.
	Lacks []string

	// Elsewhere are the objects of the other worlds of a repository: what one of them defines may be there when this one is applied.
	Elsewhere []*config.Object

	// NamespaceStated means that the user says which namespace documents without one are in.
	NamespaceStated bool

	// Traced means that a trace of the input is explained. It takes the input for all that there is, so a missing host has its
	// full severity.
	Traced bool

	// Only names the documents about which findings are wanted; nil for all. What a check compares them with is looked for in all
	// of the mesh. Findings about no document are wanted only where all are.
	Only map[*source.Document]bool
}

// Documents are the objects of an input, and what a client of each namespace sees of them.
type Documents struct {
	Input

	focused lazy[*wanted]
	*documentIndexes
}

// documentIndexes are what does not depend on the documents that findings are wanted about.
type documentIndexes struct {
	holdings lazy[map[string]map[string]bool] // by kind, the namespaces that the input holds objects of
	dumped   lazy[map[string]map[string]bool] // the same of the objects that were read from a cluster
	clients  memo[string, *mesh.View]         // by namespace
}

// Holds reports whether the input holds any object of a kind in a namespace.
func (s *Documents) Holds(kind, namespace string) bool {
	return s.held()[kind][namespace] && !slices.Contains(s.Lacks, kind)
}

// HoldsKind reports whether the input holds any object of a kind: where it holds none, nothing can be said of those that are
// missing.
func (s *Documents) HoldsKind(kind string) bool { return len(s.held()[kind]) > 0 }

// held returns the namespaces that the input holds objects of, by kind.
func (s *Documents) held() map[string]map[string]bool {
	return s.holdings.get(func() map[string]map[string]bool {
		return s.namespaces(func(*config.Object) bool { return true })
	})
}

// namespaces returns the namespaces of some objects of the input, by kind.
func (s *Documents) namespaces(wanted func(*config.Object) bool) map[string]map[string]bool {
	found := map[string]map[string]bool{}
	for _, o := range s.Objects {
		if !wanted(o) {
			continue
		}
		if found[o.Kind] == nil {
			found[o.Kind] = map[string]bool{}
		}
		found[o.Kind][o.Namespace] = true
	}
	return found
}

// Complete reports whether the input is known to hold all objects of some kinds in a namespace (in all, where it is ""): it is
// stated to be closed, or is the dump of a cluster. The files of a repository prove nothing about what they do not hold: the rest
// may be in another repository, or be applied by an operator.
func (s *Documents) Complete(namespace string, kinds ...string) bool {
	switch {
	case s.Registry != "" && !s.Traced:
		return s.Registry == Closed
	case slices.ContainsFunc(kinds, func(kind string) bool { return slices.Contains(s.Lacks, kind) }):
		return false
	case s.Traced:
		return true
	}
	dumped := s.dumped.get(func() map[string]map[string]bool {
		return s.namespaces(func(o *config.Object) bool { return o.Live })
	})
	return slices.ContainsFunc(kinds, func(kind string) bool {
		return dumped[kind][namespace] || namespace == "" && len(dumped[kind]) > 0
	})
}

// MeshConfigOf reports whether the MeshConfig of the input is known to be that of an object: a repository may hold a MeshConfig for
// each of several installations, in a folder of its own.
func (s *Documents) MeshConfigOf(o *config.Object) bool {
	if s.Complete(s.Mesh.Settings.Config.GetRootNamespace(), "ConfigMap") {
		return true
	}
	folder := path.Dir(s.Mesh.Settings.Object.Doc.File.Name)
	of := path.Dir(o.Doc.File.Name)
	return folder == "." || of == folder || strings.HasPrefix(of, folder+"/")
}

// ExtensionProviders returns the names of the providers that MeshConfig defines.
func (s *Documents) ExtensionProviders() []string {
	var names []string
	for _, p := range s.Mesh.Settings.Config.GetExtensionProviders() {
		names = append(names, p.GetName())
	}
	return names
}

// OtherWorlds yields the objects of a kind that the other worlds of the repository hold.
func (s *Documents) OtherWorlds(kind string) iter.Seq[*config.Object] {
	return func(yield func(*config.Object) bool) {
		for _, o := range s.Elsewhere {
			if o.Kind == kind && !yield(o) {
				return
			}
		}
	}
}

// builtIn are the namespaces that every cluster with Istio has.
var builtIn = []string{"default", "istio-system", "kube-node-lease", "kube-public", "kube-system"}

// Namespaces returns the namespaces that the input knows of, and those that there are without being declared.
func (s *Documents) Namespaces() []string {
	all := slices.Concat(s.Mesh.Namespaces(), builtIn, []string{s.Mesh.Settings.Config.GetRootNamespace()})
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(ns string) bool { return ns == "" })
}

// Inhabited reports whether the input holds anything in a namespace that points to clients there.
func (s *Documents) Inhabited(namespace string) bool {
	for kind, namespaces := range s.held() {
		if kind != "DestinationRule" && namespaces[namespace] {
			return true
		}
	}
	return false
}

// Client returns what an ordinary workload of a namespace sees. Checks that depend on who asks evaluate it for each namespace
// in question.
func (s *Documents) Client(namespace string) *mesh.View {
	return s.clients.get(namespace, func() *mesh.View {
		return s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: namespace, Name: "client"})
	})
}

// FullHost completes a short host name of a document.
func (s *Documents) FullHost(host string, o *config.Object) string {
	return mesh.FullHost(host, o.Namespace, s.Mesh.Settings.Domain)
}
