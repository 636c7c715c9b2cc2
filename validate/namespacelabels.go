package validate

import (
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM284",
	Title:    "namespace asks for injection in two ways",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The label istio-injection goes before the label istio.io/rev, which then has no effect: the Pods get the sidecar of the default
revision, or none, and not that of the revision which is named. Pods with a sidecar are not part of the ambient mesh, so that either
label makes istio.io/dataplane-mode: ambient say nothing.`,
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

func twoInjections(s *facts.Set, r *reporter) {
	at := func(o *config.Object, label string) facts.Place {
		return facts.At(o, "metadata.labels").Key(label)
	}
	for _, o := range s.WantedObjects("Namespace") {
		revision, named := o.Labels[revisionLabel]
		general := o.Labels[facts.InjectionLabel] == "enabled"
		if general && named {
			r.at(at(o, revisionLabel), "the label istio-injection goes before revision %q", revision).
				related(at(o, facts.InjectionLabel), "this label counts")
		}
		if (general || named && o.Labels[facts.InjectionLabel] == "") && o.Labels[modeLabel] == "ambient" {
			r.at(at(o, modeLabel), "the Pods of namespace %s get sidecars, and those are not part of the ambient mesh", o.Name).
				help("remove %s, or ask for no sidecars", modeLabel)
		}
	}
}

const (
	revisionLabel = "istio.io/rev"
	modeLabel     = "istio.io/dataplane-mode"
)
