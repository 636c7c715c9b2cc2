package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM278",
	Title:    "gateway without a selector",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The selector determines which gateway workloads open the ports. Without a selector, every gateway of the mesh does, including those in
other namespaces. Istio accepts the resource.`,
	Fix: `Select the gateway by its labels, such as istio: ingressgateway.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec: {servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]}
`,
}, openSelector)

func openSelector(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Gateway", func(o *config.Object, spec *networking.Gateway) {
		if len(spec.Selector) == 0 {
			r.at(facts.At(o, "spec"), "without a selector, every gateway of the mesh opens these ports")
		}
	})
}
