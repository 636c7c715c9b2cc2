package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM232",
	Title:    "retries do not fit the timeout",
	Severity: diag.Warning,
	Stage:    diag.AtRetries,
	Why:      `The timeout of a route covers all attempts together: the first and the retries. After the timeout, no further attempt is made.`,
	Fix:      `Raise timeout above perTryTimeout times the number of attempts, or lower perTryTimeout.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - timeout: 2s
    retries: {attempts: 3, perTryTimeout: 2s}
    route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - timeout: 10s
    retries: {attempts: 3, perTryTimeout: 2s}
    route: [{destination: {host: web}}]
`,
}, crampedTries)

func crampedTries(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		total, try := rule.GetTimeout().AsDuration(), rule.GetRetries().GetPerTryTimeout().AsDuration()
		tries := int64(rule.GetRetries().GetAttempts()) + 1
		if total <= 0 || try <= 0 || tries < 2 || int64(try)*tries <= int64(total) {
			return
		}
		f := r.at(at.At("retries.perTryTimeout"), "%d attempts of %s exceed the timeout of %s, which allows %d", tries, try, total, max(1, int64(total/try))).
			related(at.At("timeout"), "timeout for all attempts")
		if total > try {
			f.severity(diag.Info)
		}
	})
}
