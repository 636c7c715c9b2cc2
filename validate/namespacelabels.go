package validate

import (
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM284",
	Title:    "namespace asks for injection in two ways",
	Severity: diag.Warning,
	Why: `The label istio-injection goes before the label istio.io/rev, which then has no effect: the Pods get the sidecar of the default
revision, or none, and not that of the revision which is named.`,
	Fix: `Remove istio-injection where a revision is to inject; else remove istio.io/rev.`,
	Wrong: `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled, istio.io/rev: canary}}
`,
	Right: `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/rev: canary}}
`,
	Aliases: []string{"IST0123"},
}, twoInjections)

func twoInjections(s *Scope, r *reporter) {
	for _, o := range s.Mesh.Objects("Namespace") {
		_, general := o.Labels["istio-injection"]
		if revision, named := o.Labels["istio.io/rev"]; general && named {
			r.at(place{o, source.Join("metadata.labels", "istio.io/rev")}, "the label istio-injection goes before revision %q", revision).
				related(place{o, source.Join("metadata.labels", "istio-injection")}, "this label counts")
		}
	}
}
