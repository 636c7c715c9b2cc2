package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM296",
	Title:    "status that Envoy rejects",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	Why: `Istio accepts a status up to 600, Envoy only below 600. Envoy rejects the whole route table, including the routes of other hosts, and
keeps the previous table, if any.`,
	Fix: `Use a status from 200 to 599.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{directResponse: {status: 600}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{directResponse: {status: 503}}]
`,
}, refusedStatus)

// refusable is the first status that Envoy does not take in a route.
const refusable = 600

func refusedStatus(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		refuse := func(field string) {
			r.at(at.At(field), "status %d is not supported: Envoy rejects the whole route table", refusable)
		}
		if rule.GetDirectResponse().GetStatus() == refusable {
			refuse("directResponse.status")
		}
		if rule.GetFault().GetAbort().GetHttpStatus() == refusable {
			refuse("fault.abort.httpStatus")
		}
	})
}
