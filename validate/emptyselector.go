package validate

import (
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	selection "istio.io/api/type/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM043",
	Title:    "selector without labels",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `A selector without labels selects every workload of the namespace, like no selector. This is probably a mistake.`,
	Fix:      `Add the labels of the workloads, or remove the selector.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web, namespace: shop}
spec: {selector: {}, mtls: {mode: STRICT}}
`,
	Right: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}}
`,
}, emptySelector)

func emptySelector(s *facts.Set, r *reporter) {
	workloads := func(o *config.Object, w *networking.WorkloadSelector) {
		if w != nil && len(w.Labels) == 0 {
			r.at(facts.At(o, "spec.workloadSelector"), "workloadSelector has no labels: it selects every workload of %s", o.Namespace).warned()
		}
	}
	labels := func(o *config.Object, field string, w *selection.WorkloadSelector) {
		if w != nil && len(w.MatchLabels) == 0 {
			r.at(facts.At(o, "spec."+field), "%s has no labels: it selects every workload of %s", field, o.Namespace).warned()
		}
	}
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) { workloads(o, spec.WorkloadSelector) })
	facts.Each(s.Documents, "Sidecar", func(o *config.Object, spec *networking.Sidecar) { workloads(o, spec.WorkloadSelector) })
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		labels(o, "workloadSelector", spec.WorkloadSelector)
	})
	facts.Each(s.Documents, "PeerAuthentication", func(o *config.Object, spec *security.PeerAuthentication) { labels(o, "selector", spec.Selector) })
	facts.Each(s.Documents, "AuthorizationPolicy", func(o *config.Object, spec *security.AuthorizationPolicy) { labels(o, "selector", spec.Selector) })
	facts.Each(s.Documents, "RequestAuthentication", func(o *config.Object, spec *security.RequestAuthentication) { labels(o, "selector", spec.Selector) })
}
