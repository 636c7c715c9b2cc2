package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM296",
	Title:    "status that Envoy refuses",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	Why: `Istio takes a status of up to 600, Envoy only what is below. A proxy refuses the route table that holds such a rule, with all rules of
all other hosts in it, and goes on with the table that it had before, or without any.`,
	Fix: `Answer with a status from 200 to 599.`,
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
			r.at(at.At(field), "Envoy refuses the status %d, and with it every rule of the route table", refusable)
		}
		if rule.GetDirectResponse().GetStatus() == refusable {
			refuse("directResponse.status")
		}
		if rule.GetFault().GetAbort().GetHttpStatus() == refusable {
			refuse("fault.abort.httpStatus")
		}
	})
}
