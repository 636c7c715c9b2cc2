package validate

import (
	"bytes"
	"maps"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM178",
	Title:    "resource is defined twice",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why:      `A cluster holds one resource of a kind, namespace and name. When both are applied, the later resource overwrites the earlier one.`,
	Fix:      `Rename one of the two, or remove it.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 8080}]}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: other}
spec: {ports: [{name: http, port: 8080}]}
`,
}, duplicate)

// An identity is what a cluster keeps one object of.
type identity struct{ group, kind, namespace, name string }

func duplicate(s *facts.Set, r *reporter) {
	earlier := map[identity]*config.Object{}
	for _, o := range s.Objects {
		if o.Name == "" || o.Doc == nil {
			continue
		}
		group, _, grouped := strings.Cut(o.Doc.APIVersion, "/")
		if !grouped {
			group = ""
		}
		id := identity{group, o.Kind, o.Namespace, o.Name}
		if first := earlier[id]; first != nil && !sameNamespace(first, o) {
			f := r.at(facts.At(o, "metadata.name"), "%s is already defined: this definition overwrites the earlier one", name(o)).
				related(facts.At(first, "metadata.name"), "overwritten definition")
			if sameText(first.Doc.Tree(), o.Doc.Tree()) {
				f.severity(diag.Warning).help("remove one of the two: they are identical")
			}
			if o.Kind == "Namespace" {
				f.severity(diag.Warning).help("write the same labels in both: they may decide which Pods get a sidecar")
			}
		}
		earlier[id] = o
	}
}

// sameNamespace reports whether two definitions are of one Namespace with the same labels. Whoever uses a Namespace may define it.
func sameNamespace(a, b *config.Object) bool {
	return a.Kind == "Namespace" && maps.Equal(a.Labels, b.Labels)
}

// sameText reports whether two values are the same but for layout.
func sameText(a, b *source.Node) bool {
	return a != nil && b != nil && bytes.Equal(a.AppendJSON(nil), b.AppendJSON(nil))
}
