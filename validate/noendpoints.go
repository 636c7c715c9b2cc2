package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM271",
	Title:    "resolution STATIC without endpoints",
	Severity: diag.Error,
	Stage:    diag.AtEndpoint,
	Why: `With resolution STATIC the proxy connects to the endpoints that the ServiceEntry lists or selects. Without endpoints every request
receives 503 (no healthy upstream). Istio accepts the resource.`,
	Fix: `List endpoints, select workloads, or use resolution DNS to resolve the host.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}
`,
}, noEndpoints)

func noEndpoints(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		if spec.Resolution == networking.ServiceEntry_STATIC && len(spec.Endpoints) == 0 && spec.WorkloadSelector == nil {
			r.at(facts.At(o, "spec.resolution"), "resolution STATIC without endpoints or workloadSelector: requests receive 503")
		}
	})
}
