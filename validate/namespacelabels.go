package validate

import (
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM284",
	Title:    "conflicting injection labels on a namespace",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The label istio-injection takes precedence over istio.io/rev: the Pods get the sidecar of the default revision, or no sidecar, instead of
that of the named revision. Pods with a sidecar are not part of the ambient mesh, so with either label istio.io/dataplane-mode: ambient
has no effect.`,
	Fix: `Remove istio-injection to inject a revision; otherwise remove istio.io/rev.`,
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

func twoInjections(s *facts.Set, r *reporter) {
	at := func(o *config.Object, label string) facts.Place {
		return facts.At(o, "metadata.labels").Key(label)
	}
	for _, o := range s.WantedObjects("Namespace") {
		revision, named := o.Labels[revisionLabel]
		general := o.Labels[facts.InjectionLabel] == "enabled"
		if general && named {
			r.at(at(o, revisionLabel), "istio-injection takes precedence over revision %q", revision).
				related(at(o, facts.InjectionLabel), "this label takes precedence")
		}
		if (general || named && o.Labels[facts.InjectionLabel] == "") && o.Labels[modeLabel] == "ambient" {
			r.at(at(o, modeLabel), "the Pods of namespace %s get sidecars: they are not part of the ambient mesh", o.Name).
				help("remove %s, or disable injection", modeLabel)
		}
	}
}

const (
	revisionLabel = "istio.io/rev"
	modeLabel     = "istio.io/dataplane-mode"
)
