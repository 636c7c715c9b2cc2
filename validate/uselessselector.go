package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM059",
	Title:    "resolution NONE selects workloads",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `With resolution NONE, which is the default, the proxy connects to the address that the application dialled. The workloads that are
selected are never used.`,
	Fix: `Use resolution STATIC, or remove the workloadSelector.`,
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
			r.at(facts.At(o, "spec.workloadSelector"), "resolution NONE ignores the workloads that are selected").warned()
		}
	})
}
