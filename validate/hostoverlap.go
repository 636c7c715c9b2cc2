package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM078",
	Title:    "hosts of one VirtualService overlap",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `Each host may be covered once: the proxy has one set of routes for it. A wildcard covers every name below it.`,
	Fix:      `Remove the host that another host covers.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: ["*.example.com", shop.example.com]
  http: [{route: [{destination: {host: reviews}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: ["*.example.com"]
  http: [{route: [{destination: {host: reviews}}]}]
`,
}, hostOverlap)

func hostOverlap(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		at := func(i int) facts.Place { return facts.At(o, "spec.hosts").Item(i) }
		for i, host := range spec.Hosts {
			for j, earlier := range spec.Hosts[:i] {
				if mesh.Overlap(earlier, host) {
					r.at(at(i), "host %q overlaps with %q", host, earlier).related(at(j), "%q is listed here", earlier).rejected()
					break
				}
			}
		}
	})
}
