package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM038",
	Title:    "body of a direct response is large",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why: `The body is part of the configuration of every proxy that has the route: it takes memory, and is sent with each update. Istio warns from
100 KiB and rejects more than 1 MiB.`,
	Fix:   `Serve the content from a workload, and route to it.`,
	Wrong: largeBody(100<<10 + 1),
	Right: largeBody(10),
}, responseBody)

// largeBody is an example with a body of some size.
func largeBody(size int) string {
	body := make([]byte, size)
	for i := range body {
		body[i] = 'x'
	}
	return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{directResponse: {status: 503, body: {string: ` + string(body) + `}}}]
`
}

func responseBody(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		for i, route := range spec.Http {
			body := route.GetDirectResponse().GetBody()
			size := len(body.GetString_()) + len(body.GetBytes())
			at := facts.At(o, "spec.http").Item(i).Sub("directResponse.body")
			switch {
			case size > 1<<20:
				r.at(at, "the body has %d bytes; the limit is 1 MiB", size).rejected()
			case size > 100<<10:
				r.at(at, "the body has %d bytes, kept in memory by every proxy that has the route", size).severity(diag.Warning).warned()
			}
		}
	})
}
