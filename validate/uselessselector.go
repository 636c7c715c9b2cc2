package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM059",
	Title:    "resolution NONE ignores workloadSelector",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `With resolution NONE, the default, the proxy connects to the original destination. The selected workloads are never used.`,
	Fix:      `Use resolution STATIC, or remove workloadSelector.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  workloadSelector: {labels: {app: db}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: db}}
`,
}, uselessSelector)

func uselessSelector(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		if spec.WorkloadSelector != nil && spec.Resolution == networking.ServiceEntry_NONE {
			r.at(facts.At(o, "spec.workloadSelector"), "workloadSelector is ignored: the resolution is NONE").warned()
		}
	})
}
